// Everything a user did or wrote becomes one list of signals in a fixed order; interests, tags,
// opinions and vectors are loops over that list.
#include "limn/profile/profile.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "limn/core/active_time.h"
#include "limn/core/vector_ops.h"
#include "limn/profile/interests.h"
#include "limn/profile/numbers.h"
#include "limn/profile/segments.h"
#include "limn/profile/similarity.h"

namespace limn {
namespace {

// Behaviour vectors of users with few events are mostly noise, and text is worth more to them: text
// counts as if it had been seen in two more events. Its share then falls from .7 at one event to
// .3 at twenty, towards item_text_weight / (1 + item_text_weight).
constexpr double text_head_start = 2;

struct Signal {
  std::int64_t event = 0;
  ItemIndex item = no_item;
  bool own_words = false;
  std::uint32_t topic = no_topic;
  double weight = 0;
  std::span<const float> embedding;  // own words only
};

// When the user did something; a bio is not of a moment.
std::vector<Time> moments_of(const ProfileInput& input) {
  std::vector<Time> moments;
  moments.reserve(input.history.size() + input.texts.size());
  for (const HistoryEntry& entry : input.history) moments.push_back(entry.time);
  for (const TextEvent& text : input.texts) {
    if (text.event != 0) moments.push_back(text.time);
  }
  return moments;
}

void add_history(const ProfileSource& source, const ProfileInput& input, const Fading& fading,
                 std::vector<Signal>& signals) {
  for (const HistoryEntry& entry : input.history) {
    const double weight = entry.weight * fading.kept(entry.time);
    if (!std::isfinite(weight) || weight == 0) continue;
    Signal signal{.event = entry.event, .item = entry.item, .weight = weight};
    if (entry.item < source.item_topics.size()) signal.topic = source.item_topics[entry.item];
    signals.push_back(signal);
  }
}

void add_texts(const ProfileInput& input, const Fading& fading, std::vector<Signal>& signals) {
  const std::size_t of_history = signals.size();
  const auto by_event = [](const Signal& a, const Signal& b) { return a.event < b.event; };
  std::sort(signals.begin(), signals.end(), by_event);
  for (const TextEvent& text : input.texts) {
    // A bio is not of a moment, so it does not age.
    const double kept = text.event == 0 ? 1 : fading.kept(text.time);
    const double weight = text.weight * kept;
    if (!std::isfinite(weight) || weight == 0) continue;
    Signal signal{.event = text.event, .own_words = true, .topic = text.topic, .weight = weight};
    signal.embedding = text.embedding;
    if (text.event != 0) {  // a review is about the item of its own event
      const auto end = signals.begin() + static_cast<std::ptrdiff_t>(of_history);
      const auto same = std::lower_bound(signals.begin(), end, signal, by_event);
      if (same != end && same->event == text.event) signal.item = same->item;
    }
    signals.push_back(signal);
  }
}

std::vector<Signal> read_signals(const ProfileSource& source, const ProfileInput& input,
                                 const ProfileOptions& options) {
  std::vector<Signal> signals;
  signals.reserve(input.history.size() + input.texts.size());
  const Fading fading(moments_of(input), input.now, options.half_life_days);
  add_history(source, input, fading, signals);
  add_texts(input, fading, signals);
  std::sort(signals.begin(), signals.end(), [](const Signal& a, const Signal& b) {
    const auto key = [](const Signal& s) {
      return std::tie(s.event, s.item, s.own_words, s.topic, s.weight);
    };
    if (key(a) != key(b)) return key(a) < key(b);
    return std::lexicographical_compare(a.embedding.begin(), a.embedding.end(), b.embedding.begin(),
                                        b.embedding.end());
  });
  return signals;
}

std::vector<Interest> topic_interests(const ProfileSource& source, std::span<const Signal> signals,
                                      std::size_t max_evidence) {
  std::vector<Contribution> contributions;
  for (const Signal& signal : signals) {
    if (signal.topic >= source.topic_shares.size()) continue;
    contributions.push_back({signal.topic, signal.event, signal.item, signal.weight});
  }
  return rank_interests(std::move(contributions), source.topic_shares, max_evidence);
}

// Each event is divided among its item's tags, so that an item with many tags counts no more.
std::vector<Interest> tag_interests(const ProfileSource& source, std::span<const Signal> signals,
                                    std::size_t max_evidence) {
  std::vector<Contribution> contributions;
  for (const Signal& signal : signals) {
    if (signal.own_words || signal.item >= source.item_tags.rows()) continue;
    const SparseRow tags = source.item_tags.row(signal.item);
    double sum = 0;
    for (const float value : tags.values) sum += value;
    if (!(sum > 0)) continue;
    for (std::size_t i = 0; i < tags.size(); ++i) {
      if (!(tags.values[i] > 0) || tags.cols[i] >= source.item_tags.cols()) continue;
      contributions.push_back(
          {tags.cols[i], signal.event, signal.item, signal.weight * tags.values[i] / sum});
    }
  }
  return rank_interests(std::move(contributions), source.tag_shares, max_evidence);
}

// Square roots of shares have length 1, and their dot product is the Bhattacharyya coefficient:
// cosine then compares distributions, and one large topic does not drown the others.
std::vector<float> topic_vector(std::span<const Interest> interests, std::size_t topics) {
  std::vector<float> vector(topics);
  for (const Interest& interest : interests) {
    const double liked = interest.weight * interest.polarity;
    if (liked > 0) vector[interest.index] = static_cast<float>(std::sqrt(liked));
  }
  normalize(vector);
  return vector;
}

// Every item with the sum of its signals, the strongest first, likes before dislikes.
std::vector<ItemOpinion> item_opinions(std::span<const Signal> signals) {
  std::vector<Signal> by_item;
  for (const Signal& signal : signals) {
    if (signal.item != no_item) by_item.push_back(signal);
  }
  std::stable_sort(by_item.begin(), by_item.end(),
                   [](const Signal& a, const Signal& b) { return a.item < b.item; });

  std::vector<ItemOpinion> opinions;
  for (std::size_t begin = 0, end = 0; begin < by_item.size(); begin = end) {
    ItemOpinion opinion{.item = by_item[begin].item};
    for (; end < by_item.size() && by_item[end].item == opinion.item; ++end)
      opinion.weight += by_item[end].weight;
    double strongest = -1;  // along the opinion, or nothing is
    for (std::size_t i = begin; i < end; ++i) {
      const double along = std::copysign(1.0, opinion.weight) * by_item[i].weight;
      if (along < strongest) continue;
      strongest = along;
      opinion.event = by_item[i].event;
    }
    if (opinion.weight != 0) opinions.push_back(opinion);
  }
  return opinions;
}

std::vector<ItemOpinion> strongest_opinions(std::span<const ItemOpinion> opinions, int sign,
                                            std::size_t count) {
  std::vector<ItemOpinion> chosen;
  for (const ItemOpinion& opinion : opinions) {
    if (opinion.weight * sign > 0) chosen.push_back(opinion);
  }
  std::sort(chosen.begin(), chosen.end(), [](const ItemOpinion& a, const ItemOpinion& b) {
    return std::tuple(-std::abs(a.weight), a.item) < std::tuple(-std::abs(b.weight), b.item);
  });
  if (chosen.size() > count) chosen.resize(count);
  return chosen;
}

// Rocchio's (1971) user vector: the mean of what was liked, less a part of the mean of the
// disliked.
class TasteVector {
 public:
  explicit TasteVector(std::size_t dim) : liked_(dim), disliked_(dim) {}

  // Returns whether the row said anything.
  bool add(std::span<const float> row, double weight) {
    if (row.size() != liked_.size() || !(l2_norm(row) > 0)) return false;
    const auto size = static_cast<float>(std::abs(weight));
    add_scaled(weight > 0 ? liked_ : disliked_, size, row);
    (weight > 0 ? liked_mass_ : disliked_mass_) += size;
    return true;
  }

  [[nodiscard]] std::vector<float> unit(double dislike_weight) && {
    std::vector<float> vector(liked_.size());
    if (liked_mass_ > 0) add_scaled(vector, static_cast<float>(1 / liked_mass_), liked_);
    if (disliked_mass_ > 0)
      add_scaled(vector, static_cast<float>(-dislike_weight / disliked_mass_), disliked_);
    normalize(vector);
    return vector;
  }

 private:
  std::vector<float> liked_;
  std::vector<float> disliked_;
  double liked_mass_ = 0;
  double disliked_mass_ = 0;
};

void add_vectors(const ProfileSource& source, std::span<const Signal> signals,
                 const ProfileOptions& options, Profile& profile) {
  std::size_t dim = source.item_embeddings.cols();
  for (const Signal& signal : signals) dim = std::max(dim, signal.embedding.size());
  TasteVector text(dim);
  TasteVector behaviour(source.item_factors.cols());
  double texts = 0;
  double events = 0;
  for (const Signal& signal : signals) {
    if (signal.own_words) {
      texts += text.add(signal.embedding, signal.weight) ? 1 : 0;
      continue;
    }
    const double item_weight = signal.weight * options.item_text_weight;
    if (signal.item < source.item_embeddings.rows() &&
        text.add(source.item_embeddings.row(signal.item), item_weight))
      texts += options.item_text_weight;
    if (signal.item < source.item_factors.rows() &&
        behaviour.add(source.item_factors.row(signal.item), signal.weight))
      events += 1;
  }

  profile.text = std::move(text).unit(options.dislike_weight);
  profile.behaviour = std::move(behaviour).unit(options.dislike_weight);
  if (events == 0) {
    profile.text_share = texts > 0 ? 1 : 0;
  } else if (texts > 0) {
    profile.text_share = (texts + text_head_start) / (texts + text_head_start + events);
  }
  profile.fused = fuse(profile.text, profile.behaviour, profile.text_share);
}

Stage stage_of(std::span<const Signal> signals, const ProfileOptions& options) {
  std::size_t events = 0;
  for (std::size_t i = 0; i < signals.size(); ++i) {
    const bool same =
        i > 0 && signals[i].event == signals[i - 1].event && signals[i].item == signals[i - 1].item;
    if (!same) ++events;
  }
  if (events < options.warming_events) return Stage::fresh;
  return events < options.known_events ? Stage::warming : Stage::known;
}

}  // namespace

Profile make_profile(const ProfileSource& source, const ProfileInput& input,
                     const ProfileOptions& options) {
  const std::vector<Signal> signals = read_signals(source, input, options);

  Profile profile;
  profile.interests = topic_interests(source, signals, options.max_evidence);
  profile.tags = tag_interests(source, signals, options.max_evidence);
  profile.declared_tags.assign(input.declared_tags.begin(), input.declared_tags.end());
  profile.topics = topic_vector(profile.interests, source.topic_shares.size());
  profile.segment = nearest_segment(source.segment_centroids, profile.topics);
  add_vectors(source, signals, options, profile);

  profile.numbers = count_events(input.events, input.now);
  profile.numbers.diversity = diversity(profile.interests, source.topic_shares.size());
  profile.stage = stage_of(signals, options);

  if (profile.interests.size() > options.max_interests)
    profile.interests.resize(options.max_interests);
  if (profile.tags.size() > options.max_tags) profile.tags.resize(options.max_tags);
  const std::vector<ItemOpinion> opinions = item_opinions(signals);
  profile.liked = strongest_opinions(opinions, 1, options.max_items);
  profile.disliked = strongest_opinions(opinions, -1, options.max_items);
  return profile;
}

std::string_view stage_name(Stage stage) {
  switch (stage) {
    case Stage::fresh: return "new";
    case Stage::warming: return "warming";
    case Stage::known: break;
  }
  return "known";
}

}  // namespace limn
