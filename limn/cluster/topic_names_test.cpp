#include "limn/cluster/topic_names.h"

#include <gtest/gtest.h>

namespace limn {
namespace {

TEST(Repeats, KnowsAWordInAnotherFormAndNoOther) {
  EXPECT_TRUE(repeats("run", "running"));
  EXPECT_TRUE(repeats("comedies", "comedy"));
  EXPECT_TRUE(repeats("glass", "glassware"));
  EXPECT_TRUE(repeats("pale ale", "ales"));
  EXPECT_TRUE(repeats("\u7535\u5f71", "\u7535\u5f71\u9662"));
  EXPECT_FALSE(repeats("car", "carpet"));
  EXPECT_FALSE(repeats("pale ale", "stout"));
  EXPECT_FALSE(repeats("\u7535\u5f71", "\u97f3\u4e50"));
}

TEST(NameWriter, LeavesOutATermOfNoWeightUnlessANameNeedsIt) {
  const std::vector<WeightedTerm> terms{{0, "tea", 1}, {1, "leaves", 0.5F}, {2, "tuesday", 0.05F}};
  NameWriter writer(3);
  EXPECT_EQ(writer.write(terms), (NameWriter::Name{"tea", "leaves"}));
  EXPECT_EQ(writer.write(terms), (NameWriter::Name{"leaves", "tea", "tuesday"}));
  EXPECT_EQ(writer.write(terms), (NameWriter::Name{"tea", "leaves", "2"}));
  EXPECT_TRUE(writer.write({}).empty());
}

TEST(NameWriter, KeepsANameUnlessAnotherHasIt) {
  NameWriter writer(3);
  EXPECT_TRUE(writer.keep({"tea", "leaves"}));
  EXPECT_FALSE(writer.keep({"leaves", "tea"}));
  EXPECT_FALSE(writer.keep({}));
  const std::vector<WeightedTerm> terms{{0, "tea", 1}, {1, "oolong", 0.9F}};
  EXPECT_EQ(writer.write(terms), (NameWriter::Name{"oolong", "tea"}));
}

}  // namespace
}  // namespace limn
