#include "limn/core/npy.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

namespace limn {
namespace {

class Npy : public testing::Test {
 protected:
  void SetUp() override {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::path(testing::TempDir()) / (std::string(test->name()) + ".npy");
  }
  void TearDown() override { std::filesystem::remove(path_); }

  [[nodiscard]] Result<NpyMatrix> open(std::string_view bytes) const {
    EXPECT_TRUE(write_file_atomically(path_, bytes));
    return NpyMatrix::open(path_);
  }

  std::filesystem::path path_;
};

// A version 1.0 file with this dictionary, its numbers at a multiple of 16.
std::string file_of(std::string dictionary, std::size_t floats) {
  dictionary.append((16 - (dictionary.size() + 11) % 16) % 16, ' ');
  dictionary += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(dictionary.size());
  bytes += '\x00';
  return bytes + dictionary + std::string(floats * sizeof(float), '\0');
}

TEST_F(Npy, ReadsBackWhatItWrote) {
  const Matrix matrix(2, 3, {1, 2, 3, 4.5F, -5, 6e-30F});
  ASSERT_TRUE(write_npy(path_, matrix));
  const auto found = NpyMatrix::open(path_);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->view().rows(), 2);
  ASSERT_EQ(found->view().cols(), 3);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(found->view().data()[i], matrix.data()[i]);

  const std::string bytes = read_file(path_).value();
  EXPECT_EQ(bytes.size(), 128 + 6 * sizeof(float));
  EXPECT_EQ(bytes.substr(10, 56), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)");
}

TEST_F(Npy, KeepsItsNumbersWhenItIsMoved) {
  ASSERT_TRUE(write_npy(path_, Matrix(1, 2, {7, 8})));
  auto found = NpyMatrix::open(path_);
  ASSERT_TRUE(found);
  const NpyMatrix moved = std::move(*found);
  EXPECT_EQ(moved.view().row(0)[1], 8);
}

TEST_F(Npy, ReadsAMatrixWithoutRows) {
  ASSERT_TRUE(write_npy(path_, Matrix(0, 3)));
  const auto found = NpyMatrix::open(path_);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->view().rows(), 0);
  EXPECT_EQ(found->view().cols(), 3);
}

TEST_F(Npy, ReadsAnyOrderAndSpacingOfTheHeader) {
  const auto found = open(file_of("{'shape':(1,2) ,'fortran_order' : False,   'descr':'<f4'}", 2));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->view().cols(), 2);
}

TEST_F(Npy, RefusesWhatIsNotAFloatMatrixInRows) {
  const std::string good = "'fortran_order': False, 'shape': (2, 2), }";
  ASSERT_TRUE(open(file_of("{'descr': '<f4', " + good, 4)));
  EXPECT_FALSE(open(file_of("{'descr': '<f8', " + good, 8)));
  EXPECT_FALSE(open(file_of("{'descr': '>f4', " + good, 4)));
  EXPECT_FALSE(open(file_of("{'descr': '<f4', " + good, 3)));  // one number is missing
  const std::string start = "{'descr': '<f4', 'fortran_order': ";
  EXPECT_FALSE(open(file_of(start + "True, 'shape': (2, 2), }", 4)));
  for (const char* shape : {"(4,)", "(2, 2, 1)", "()", "(-1, 2)", "(2, x)", "(2 2)", "(1, 0)",
                            "(4611686018427387905, 4)", "(99999999999999999999, 1)"}) {
    SCOPED_TRACE(shape);
    const auto found = open(file_of(start + "False, 'shape': " + shape + ", }", 4));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::corrupt);
  }
}

TEST_F(Npy, SurvivesAFileCutAnywhere) {
  ASSERT_TRUE(write_npy(path_, Matrix(2, 2, {1, 2, 3, 4})));
  const std::string whole = read_file(path_).value();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    SCOPED_TRACE(size);
    EXPECT_FALSE(open(whole.substr(0, size)));
  }
}

TEST_F(Npy, NamesTheFileThatIsNotThere) {
  const auto found = NpyMatrix::open("/nowhere/x.npy");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace limn
