#include "limn/encode/lsa.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "limn/core/hash.h"
#include "limn/core/parallel.h"
#include "limn/core/random.h"
#include "limn/core/vector_ops.h"
#include "limn/encode/lsa_subwords.h"
#include "limn/encode/lsa_terms.h"

namespace limn {
namespace {

using Strings = std::vector<std::string>;

const Strings beers{"dark", "stout", "malt", "roasted", "porter", "barley"};
const Strings bikes{"saddle", "pedal", "wheel", "chain", "brakes", "gears"};

std::string text_about(const Strings& topic, Random& random) {
  std::string text;
  for (int i = 0; i < 5; ++i) text += topic[random.below(topic.size())] + " ";
  return text;
}

// Texts about beer and about bikes, in turn.
Strings two_topics(std::size_t n, std::uint64_t seed = 1) {
  Random random(seed);
  Strings texts;
  for (std::size_t i = 0; i < n; ++i) texts.push_back(text_about(i % 2 ? bikes : beers, random));
  return texts;
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

Matrix encoded(const LsaEncoder& encoder, const Strings& texts) {
  return encoder.encode(texts)->embeddings;
}

bool same_bytes(const Matrix& a, const Matrix& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::memcmp(a.data(), b.data(), a.rows() * a.cols() * sizeof(float)) == 0;
}

TEST(LsaTerms, AreStemsWithoutStopWords) {
  EXPECT_EQ(lsa_terms("The brewers were brewing"), (Strings{"brewer", "brew"}));
}

TEST(LsaTerms, ArePairsOfChineseCharactersAndTheWordsBetween) {
  EXPECT_EQ(lsa_terms("\u624b\u673a\u58f3 iPhone"),
            (Strings{"iphon", "\u624b\u673a", "\u673a\u58f3"}));
}

TEST(LsaTerms, AreTheSameInTraditionalAndSimplifiedChinese) {
  EXPECT_EQ(lsa_terms("\u8033\u6a5f\u97f3\u8cea"), lsa_terms("\u8033\u673a\u97f3\u8d28"));
}

TEST(LsaTerms, AreNoChineseStopWords) {  // "we" goes from "we like"
  EXPECT_EQ(lsa_terms("\u6211\u4eec\u559c\u6b22"), (Strings{"\u4eec\u559c", "\u559c\u6b22"}));
}

TEST(Lsa, PlacesTextsOfOneTopicTogether) {
  const Strings texts = two_topics(200);
  const LsaEncoder encoder = LsaEncoder::fit(texts, {.dim = 2});
  const Matrix rows = encoded(encoder, texts);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_NEAR(l2_norm(rows.row(i)), 1, 1e-5);
    EXPECT_EQ(dot(rows.row(0), rows.row(i)) > 0.5, i % 2 == 0) << i;
  }
}

TEST(Subwords, AreThreeToFiveCharactersOfAWordAndEachOfAChineseTerm) {
  const auto parts = [](const std::string& term) {
    const std::string whole = marked(term);
    const std::vector<std::string_view> found = subwords(whole);
    return Strings(found.begin(), found.end());
  };
  EXPECT_EQ(parts("malt"),
            (Strings{"<ma", "mal", "alt", "lt>", "<mal", "malt", "alt>", "<malt", "malt>"}));
  EXPECT_EQ(parts("\u00e9a"), (Strings{"<\u00e9"
                                       "a",
                                       "\u00e9"
                                       "a>",
                                       "<\u00e9"
                                       "a>"}));
  EXPECT_EQ(parts("\u624b\u673a"), (Strings{"\u624b", "\u673a"}));
  EXPECT_EQ(parts(""), Strings{});
}

TEST(Lsa, ReadsAWordThatItNeverSawByTheWordsThatLookLikeIt) {
  const LsaEncoder encoder = LsaEncoder::fit(two_topics(400), {.dim = 2});
  const Matrix rows = encoded(encoder, {"stout malt", "pedal chain", "maltings", "pedalboard"});
  EXPECT_GT(dot(rows.row(2), rows.row(0)), 0.8);
  EXPECT_LT(dot(rows.row(2), rows.row(1)), 0.5);
  EXPECT_GT(dot(rows.row(3), rows.row(1)), 0.8);
  EXPECT_LT(dot(rows.row(3), rows.row(0)), 0.5);
  // What is hardly known hardly counts.
  const Matrix mixed = encoded(encoder, {"stout malt pedalboard"});
  EXPECT_GT(dot(mixed.row(0), rows.row(0)), 0.8);
}

TEST(Lsa, ReadsAChinesePairThatItNeverSawByItsCharacters) {
  Random random(4);
  const Strings phones{"\u624b\u673a\u58f3", "\u673a\u58f3\u624b"};
  const Strings books{"\u4e66\u672c\u597d", "\u672c\u597d\u4e66"};
  Strings texts;
  for (std::size_t i = 0; i < 300; ++i) texts.push_back((i % 2 ? books : phones)[random.below(2)]);
  const LsaEncoder encoder = LsaEncoder::fit(texts, {.dim = 2, .max_df = 1});
  // Characters of the first topic in an order that no text has.
  const Matrix rows = encoded(encoder, {phones[0], books[0], "\u58f3\u673a"});
  EXPECT_GT(dot(rows.row(2), rows.row(0)), 0.9);
  EXPECT_LT(dot(rows.row(2), rows.row(1)), 0.5);
}

TEST(LsaFitter, LearnsTheSameHoweverTheTextsAreDivided) {
  const Strings texts = two_topics(500);
  const std::uint64_t whole = LsaEncoder::fit(texts).fingerprint();
  for (const std::size_t part : {1U, 7U, 499U}) {
    LsaFitter fitter;
    for (std::size_t begin = 0; begin < texts.size(); begin += part) {
      fitter.add(std::span(texts).subspan(begin, std::min(part, texts.size() - begin)));
    }
    EXPECT_EQ(fitter.fit().fingerprint(), whole) << part;
  }
}

TEST(Lsa, KnowsHowItWasFitted) {
  const LsaOptions options{.dim = 3};
  const LsaEncoder encoder = LsaEncoder::fit(two_topics(30), options);
  const LsaEncoder loaded = LsaEncoder::load(bytes_of(encoder.save())).value();
  EXPECT_EQ(loaded.fitted_texts(), 30U);
  EXPECT_TRUE(loaded.fitted_with(options));
  EXPECT_FALSE(loaded.fitted_with({.dim = 3, .seed = 2}));
  EXPECT_FALSE(loaded.fitted_with({.dim = 4}));
}

TEST(Lsa, PlacesWordsThatGoTogetherNearWithoutAWordInCommon) {
  const LsaEncoder encoder = LsaEncoder::fit(two_topics(400), {.dim = 2});
  const Matrix rows = encoded(encoder, {"stout", "porter", "pedal"});
  EXPECT_GT(dot(rows.row(0), rows.row(1)), 0.9);
  EXPECT_LT(dot(rows.row(0), rows.row(2)), 0.1);
}

TEST(Lsa, TellsChineseTopicsApart) {
  Strings texts;
  for (int i = 0; i < 60; ++i) {
    texts.emplace_back("\u9152\u5e97\u623f\u95f4\u5e72\u51c0");  // a hotel, its rooms clean
    texts.emplace_back("\u624b\u673a\u7535\u6c60\u8010\u7528");  // a telephone, its battery lasting
  }
  const LsaEncoder encoder = LsaEncoder::fit(texts, {.dim = 2});
  const Matrix rows = encoded(encoder, {"\u9152\u5e97", "\u5e72\u51c0", "\u7535\u6c60"});
  EXPECT_GT(dot(rows.row(0), rows.row(1)), 0.99);
  EXPECT_LT(dot(rows.row(0), rows.row(2)), 0.1);
}

TEST(Lsa, EncodesEachTextByItself) {
  const LsaEncoder encoder = LsaEncoder::fit(two_topics(300));
  Strings texts = two_topics(150, 2);
  texts.insert(texts.begin() + 7, {"", "xyzzy of", "\xff\xfe\xe4\xb8"});
  const Matrix all = encoded(encoder, texts);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Matrix one = encoded(encoder, {texts[i]});
    EXPECT_TRUE(std::ranges::equal(one.row(0), all.row(i))) << i;
  }
  EXPECT_EQ(l2_norm(all.row(7)), 0);
  EXPECT_EQ(l2_norm(all.row(8)), 0);
  EXPECT_EQ(l2_norm(all.row(9)), 0);
}

TEST(Lsa, CountsTheTermsItRead) {
  const LsaEncoder encoder = LsaEncoder::fit(two_topics(10));
  EXPECT_EQ(encoder.encode(Strings{"stout malt unheard", "", "pedal"})->tokens, 4U);
}

TEST(Lsa, GivesTheSameBytesOnAnyNumberOfThreads) {
  const Strings texts = two_topics(1000);
  const std::size_t before = thread_count();
  Strings saved;
  std::vector<Matrix> rows;
  for (const std::size_t threads : {1, 2, 5}) {
    set_thread_count(threads);
    const LsaEncoder encoder = LsaEncoder::fit(texts);
    saved.push_back(encoder.save());
    rows.push_back(encoded(encoder, texts));
  }
  set_thread_count(before);
  for (std::size_t i = 1; i < saved.size(); ++i) {
    EXPECT_EQ(saved[0], saved[i]);
    EXPECT_TRUE(same_bytes(rows[0], rows[i]));
  }
}

TEST(Lsa, HasNoMoreDimensionsThanTheTextsSpan) {
  EXPECT_EQ(LsaEncoder::fit(Strings{"stout malt"}).dim(), 1U);
  EXPECT_EQ(LsaEncoder::fit(Strings{"stout malt", "pedal", "pedal"}).dim(), 2U);
  EXPECT_LE(LsaEncoder::fit(two_topics(300)).dim(), beers.size() + bikes.size());
  EXPECT_EQ(LsaEncoder::fit(two_topics(300), {.dim = 3}).dim(), 3U);
}

TEST(Lsa, GivesZerosWhereTheTextsSayNothing) {
  for (const Strings& texts : {Strings{}, Strings{"", ""}, Strings{"the", "of and"}}) {
    const LsaEncoder encoder = LsaEncoder::fit(texts);
    EXPECT_EQ(encoder.dim(), 1U);
    EXPECT_EQ(l2_norm(encoded(encoder, {"stout"}).row(0)), 0);
    const auto loaded = LsaEncoder::load(bytes_of(encoder.save()));
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
    EXPECT_EQ(loaded->dim(), 1U);
    EXPECT_EQ(loaded->fingerprint(), encoder.fingerprint());
  }
}

TEST(Lsa, LoadsWhatItSaved) {
  const LsaEncoder encoder = LsaEncoder::fit(two_topics(300));
  const std::string saved = encoder.save();
  const auto loaded = LsaEncoder::load(bytes_of(saved));
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  EXPECT_EQ(loaded->fingerprint(), encoder.fingerprint());
  EXPECT_EQ(loaded->dim(), encoder.dim());
  EXPECT_EQ(loaded->save(), saved);
  const Strings texts = two_topics(50, 3);
  EXPECT_TRUE(same_bytes(encoded(*loaded, texts), encoded(encoder, texts)));
}

TEST(Lsa, HasAFingerprintOfItsOwn) {
  const auto fingerprint = [](const Strings& texts, const LsaOptions& options = {}) {
    return LsaEncoder::fit(texts, options).fingerprint();
  };
  EXPECT_EQ(fingerprint(two_topics(300)), fingerprint(two_topics(300)));
  EXPECT_NE(fingerprint(two_topics(300)), fingerprint(two_topics(300, 2)));
  EXPECT_NE(fingerprint(two_topics(300)), fingerprint(two_topics(300), {.dim = 3}));
}

// Puts the right checksum at the end, so that the damage is met by what reads the fields.
std::string sealed(std::string bytes) {
  constexpr std::size_t size = sizeof(std::uint64_t);
  if (bytes.size() < size) return bytes;
  const std::uint64_t checksum = hash64(std::string_view(bytes).substr(0, bytes.size() - size));
  std::memcpy(bytes.data() + bytes.size() - size, &checksum, size);
  return bytes;
}

TEST(Lsa, RefusesBytesThatWereChangedOrCutOff) {
  const std::string saved = LsaEncoder::fit(two_topics(30)).save();
  for (std::size_t i = 0; i < saved.size(); ++i) {
    std::string changed = saved;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    EXPECT_FALSE(LsaEncoder::load(bytes_of(changed)).has_value()) << i;
    const auto cut = LsaEncoder::load(bytes_of(saved).first(i));
    ASSERT_FALSE(cut.has_value()) << i;
    EXPECT_EQ(cut.error().code, ErrorCode::corrupt);
    EXPECT_FALSE(LsaEncoder::load(bytes_of(sealed(saved.substr(0, i)))).has_value()) << i;
  }
  EXPECT_FALSE(LsaEncoder::load(bytes_of(sealed(saved + "more bytes"))).has_value());
}

// What loads after damage that a checksum does not show must work, whatever it gives.
void expect_survived(const std::string& damaged) {
  const auto loaded = LsaEncoder::load(bytes_of(sealed(damaged)));
  if (!loaded) {
    EXPECT_EQ(loaded.error().code, ErrorCode::corrupt);
    return;
  }
  const Matrix rows = encoded(*loaded, {"stout malt", "pedal"});
  EXPECT_EQ(rows.cols(), loaded->dim());
  for (const float value : rows.row(0)) EXPECT_TRUE(std::isfinite(value));
  EXPECT_EQ(loaded->save(), sealed(damaged));
}

TEST(Lsa, SurvivesDamageUnderARightChecksum) {
  const std::string saved = LsaEncoder::fit(two_topics(30)).save();
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string damaged = saved;
    // Half of the damage goes to the numbers at the front, which steer all reading.
    const std::size_t range = seed % 2 == 0 ? 88 : damaged.size();
    for (std::uint64_t i = 1 + random.below(3); i > 0; --i) {
      damaged[16 + random.below(range - 16)] = static_cast<char>(random.below(256));
    }
    if (seed % 7 == 0) damaged.erase(random.below(damaged.size()), random.below(9));
    expect_survived(damaged);
  }
}

TEST(Lsa, SurvivesSizesThatNoMemoryHolds) {
  const std::string saved = LsaEncoder::fit(two_topics(30)).save();
  const std::vector<std::uint64_t> sizes{0,          1,          2,          0xFFFFFFFF,
                                         1ULL << 32, 1ULL << 62, 1ULL << 63, UINT64_MAX};
  for (const std::size_t field : {24U, 32U}) {  // the numbers of terms and of dimensions
    for (const std::uint64_t size : sizes) {
      std::string damaged = saved;
      std::memcpy(damaged.data() + field, &size, sizeof(size));
      EXPECT_FALSE(LsaEncoder::load(bytes_of(sealed(damaged))).has_value()) << field << " " << size;
    }
  }
}

}  // namespace
}  // namespace limn
