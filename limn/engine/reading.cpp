#include "limn/engine/reading.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <unordered_map>

#include "limn/core/hash.h"
#include "limn/core/parallel.h"
#include "limn/core/progress.h"
#include "limn/engine/histories.h"
#include "limn/engine/texts.h"
#include "limn/text/near_duplicates.h"
#include "limn/text/words.h"

namespace limn {
namespace {

// Documents in one row, items then texts then bios: the order of places.
std::vector<const std::string*> in_order(const Documents& documents) {
  std::vector<const std::string*> all;
  for (const auto* part : {&documents.items, &documents.texts, &documents.bios}) {
    for (const std::string& document : *part) all.push_back(&document);
  }
  return all;
}

// Where each user's texts are.
std::vector<std::vector<std::size_t>> places_by_user(const std::vector<EventText>& texts,
                                                     std::size_t users) {
  std::vector<std::vector<std::size_t>> places(users);
  for (std::size_t i = 0; i < texts.size(); ++i) places[texts[i].user].push_back(i);
  return places;
}

void find_copies(Documents& documents) {
  documents.copy_of = near_duplicates(documents.texts);
  documents.repeated.resize(documents.texts.size());
  std::set<std::pair<UserIndex, std::uint32_t>> said;
  for (std::size_t i = 0; i < documents.texts.size(); ++i) {
    const bool fresh = said.emplace(documents.text_users[i], documents.copy_of[i]).second;
    documents.repeated[i] = std::byte{!fresh};
  }
}

std::size_t count_wordless(const std::vector<std::string>& texts) {
  constexpr std::size_t grain = 64;
  return parallel_count(texts.size(), grain, [&](std::size_t i) {
    return !texts[i].empty() && !says_something(texts[i]);
  });
}

}  // namespace

std::vector<std::string> Documents::all() const {
  std::vector<std::string> said;
  for (const std::string* document : in_order(*this)) {
    if (!document->empty()) said.push_back(*document);
  }
  return said;
}

Documents read_documents(const std::vector<User>& users, const std::vector<Item>& items,
                         const std::vector<EventText>& texts, const EventTimes& times, bool mask) {
  Documents documents;
  documents.items.resize(items.size());
  documents.texts.resize(texts.size());
  documents.bios.resize(users.size());
  constexpr std::size_t grain = 64;
  const auto clean_all = [](std::size_t n, const auto& clean_one) {
    parallel_for(n, grain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) clean_one(i);
    });
  };
  clean_all(items.size(),
            [&](std::size_t i) { documents.items[i] = item_document(items[i], mask); });
  const auto by_user = places_by_user(texts, users.size());
  std::vector<std::size_t> trimmed(users.size());
  clean_all(users.size(), [&](std::size_t user) {
    std::vector<std::string_view> said;
    for (const std::size_t i : by_user[user]) said.emplace_back(texts[i].text);
    Writings writings = event_documents(said, mask);
    trimmed[user] = writings.trimmed;
    for (std::size_t s = 0; s < said.size(); ++s) {
      documents.texts[by_user[user][s]] = std::move(writings.documents[s]);
    }
  });
  documents.trimmed = std::accumulate(trimmed.begin(), trimmed.end(), std::size_t{0});
  clean_all(users.size(),
            [&](std::size_t i) { documents.bios[i] = user_document(users[i], mask); });
  for (const EventText& text : texts) {
    documents.text_events.push_back(text.event);
    documents.text_users.push_back(text.user);
    documents.text_times.push_back(times.find(text.event).value_or(Time{}));
  }
  find_copies(documents);
  documents.wordless = count_wordless(documents.texts);
  return documents;
}

Result<EmbeddedDocuments> embed_documents(const Documents& documents, const Encoder& encoder,
                                          const Snapshot* previous) {
  const std::vector<const std::string*> all = in_order(documents);
  const bool same_space =
      previous != nullptr && previous->info().fingerprint == encoder.fingerprint();
  std::vector<std::uint64_t> hashes(all.size());
  std::unordered_map<std::uint64_t, std::size_t> queued;  // hash to row of `fresh`
  std::vector<std::string> fresh;
  EmbeddedDocuments embedded;
  for (std::size_t i = 0; i < all.size(); ++i) {
    hashes[i] = hash64(*all[i]);
    if (all[i]->empty()) continue;
    ++embedded.documents;
    if (same_space && !previous->embedding(hashes[i]).empty()) continue;
    if (queued.emplace(hashes[i], fresh.size()).second) fresh.push_back(*all[i]);
  }
  LIMN_TRY(const Encoding encoding, encoder.encode(fresh));
  LIMN_TRY_VOID(Interrupt::check("build"));
  embedded.encoded = fresh.size();
  embedded.tokens = encoding.tokens;
  embedded.long_texts = encoding.long_texts;

  embedded.items = Matrix(documents.items.size(), encoder.dim());
  embedded.texts = Matrix(documents.texts.size(), encoder.dim());
  embedded.bios = Matrix(documents.bios.size(), encoder.dim());
  std::size_t place = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> places;
  for (Matrix* rows : {&embedded.items, &embedded.texts, &embedded.bios}) {
    for (std::size_t i = 0; i < rows->rows(); ++i, ++place) {
      if (all[place]->empty()) continue;
      const auto found = queued.find(hashes[place]);
      const auto row = found != queued.end() ? encoding.embeddings.row(found->second)
                                             : previous->embedding(hashes[place]);
      std::copy(row.begin(), row.end(), rows->row(i).begin());
      places.emplace(hashes[place], place);
    }
  }
  for (const auto& [hash, where] : places) embedded.hashes.push_back(hash);
  std::sort(embedded.hashes.begin(), embedded.hashes.end());
  for (const std::uint64_t hash : embedded.hashes) embedded.places.push_back(places[hash]);
  return embedded;
}

std::vector<std::vector<TextEvent>> texts_by_user(const Documents& documents,
                                                  const EmbeddedDocuments& embedded, Time now) {
  std::vector<std::vector<TextEvent>> texts(documents.bios.size());
  for (std::size_t user = 0; user < texts.size(); ++user) {
    if (documents.bios[user].empty()) continue;
    texts[user].push_back({.embedding = embedded.bios.row(user), .time = now});
  }
  for (std::size_t i = 0; i < documents.texts.size(); ++i) {
    if (documents.texts[i].empty() || documents.repeated[i] != std::byte{0}) continue;
    texts[documents.text_users[i]].push_back({.event = documents.text_events[i],
                                              .embedding = embedded.texts.row(i),
                                              .weight = documents.text_weight(i),
                                              .time = documents.text_times[i]});
  }
  return texts;
}

}  // namespace limn
