#include "limn/nn/tensor_file.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "limn/core/random.h"
#include "limn/nn/test_support.h"

namespace limn {
namespace {

std::string safetensors(std::string_view header, std::string_view data) {
  const std::uint64_t length = header.size();
  std::string file(sizeof(length), '\0');
  std::memcpy(file.data(), &length, sizeof(length));
  return file.append(header).append(data);
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// Two tensors: a (2, 2) F32 and b (3) BF16, then four bytes that are nobody's.
std::string small_file() {
  const std::array<float, 4> a{1, 2, 3, -4};
  const std::array<std::uint16_t, 3> b{0x3F80, 0xC000, 0x0000};
  std::string data(26, '\0');
  std::memcpy(data.data(), a.data(), 16);
  std::memcpy(data.data() + 16, b.data(), 6);
  return safetensors(
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},)"
      R"("b":{"dtype":"BF16","shape":[3],"data_offsets":[16,22]}})",
      data);
}

std::string error_of(std::string_view file) {
  const auto parsed = parse_safetensors(bytes_of(file), "x");
  return parsed ? "" : parsed.error().message;
}

TEST(TensorFile, ReadsNamedTensorsAsFloats) {
  const TemporaryFolder folder;
  folder.write("model.safetensors", small_file());
  const auto model = TensorFile::open(folder.path());
  ASSERT_TRUE(model.has_value()) << model.error().message;
  const std::array<std::size_t, 2> square{2, 2};
  const std::array<std::size_t, 1> three{3};
  const auto a = model->read("a", square);
  const auto b = model->read("b", three);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(std::vector<float>(a->values().begin(), a->values().end()),
            (std::vector<float>{1, 2, 3, -4}));
  EXPECT_EQ(std::vector<float>(b->values().begin(), b->values().end()),
            (std::vector<float>{1, -2, 0}));
}

TEST(TensorFile, NamesATensorThatIsMissingOrOfAnotherShape) {
  const TemporaryFolder folder;
  folder.write("model.safetensors", small_file());
  const auto model = TensorFile::open(folder.path());
  ASSERT_TRUE(model.has_value());
  const std::array<std::size_t, 1> four{4};
  EXPECT_NE(model->read("a", four).error().message.find("tensor a has shape [2, 2]"),
            std::string::npos);
  EXPECT_NE(model->read("c", four).error().message.find("tensor c is missing"), std::string::npos);
}

TEST(TensorFile, ReadsTheFilesThatAnIndexNames) {
  const TemporaryFolder folder;
  folder.write("model-1.safetensors", small_file());
  folder.write("model-2.safetensors",
               safetensors(R"({"c":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})", "\0\0\0\0"));
  folder.write("model.safetensors.index.json",
               R"({"weight_map":{"a":"model-1.safetensors","b":"model-1.safetensors"}})");
  auto model = TensorFile::open(folder.path());
  ASSERT_TRUE(model.has_value()) << model.error().message;
  EXPECT_TRUE(model->contains("a"));

  folder.write("model.safetensors.index.json", R"({"weight_map":{"a":"../model.safetensors"}})");
  EXPECT_FALSE(TensorFile::open(folder.path()).has_value());
}

TEST(TensorFile, RefusesWhatLiesOutsideOrOverlaps) {
  const std::string eight(8, '\0');
  EXPECT_NE(error_of("").find("length"), std::string::npos);
  EXPECT_NE(error_of(std::string(8, '\xFF')).find("length"), std::string::npos);
  const auto tensor = [&](std::string_view type, std::string_view shape, std::string_view offsets) {
    return error_of(
        safetensors(fmt::format(R"({{"t":{{"dtype":"{}","shape":{},"data_offsets":{}}}}})", type,
                                shape, offsets),
                    eight));
  };
  EXPECT_EQ(tensor("F32", "[2]", "[0,8]"), "");
  EXPECT_EQ(tensor("F32", "[0,9223372036854775807]", "[0,0]"), "");
  for (const std::string& error :
       {tensor("F32", "[3]", "[0,12]"), tensor("F32", "[2]", "[4,12]"),
        tensor("F32", "[2]", "[8,0]"), tensor("F32", "[1]", "[0,8]"), tensor("F9", "[2]", "[0,8]"),
        tensor("F32", "[-2]", "[0,8]"), tensor("F32", "[2.0]", "[0,8]"),
        tensor("F32", "[4611686018427387906]", "[0,8]"),
        tensor("F32", "[4294967296,4294967296,2]", "[0,8]"),
        tensor("F32", "[2]", "[18446744073709551608,18446744073709551615]")}) {
    EXPECT_NE(error.find("tensor t"), std::string::npos) << error;
  }
  EXPECT_NE(error_of(safetensors(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                                 R"("b":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}})",
                                 eight))
                .find("tensor b"),
            std::string::npos);
}

TEST(TensorFile, SurvivesTwoThousandDamagedFiles) {
  const std::string whole = small_file();
  std::size_t refused = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string file = whole;
    for (std::uint64_t i = 1 + random.below(3); i > 0; --i) {
      file[random.below(file.size())] = static_cast<char>(random.below(256));
    }
    if (random.below(4) == 0) file.resize(random.below(file.size()));
    const auto parsed = parse_safetensors(bytes_of(file), "x");
    if (!parsed) {
      ++refused;
      continue;
    }
    for (const auto& [name, tensor] : *parsed) {
      if (tensor.bytes.empty()) continue;
      EXPECT_GE(tensor.bytes.data(), bytes_of(file).data());
      EXPECT_LE(tensor.bytes.data() + tensor.bytes.size(), bytes_of(file).data() + file.size());
    }
  }
  EXPECT_GT(refused, 1000U);
}

TEST(TensorFile, HasAnotherFingerprintWhenOneByteDiffers) {
  const TemporaryFolder folder;
  std::string file = small_file();
  folder.write("model.safetensors", file);
  const std::uint64_t before = TensorFile::open(folder.path())->fingerprint();
  file.back() = '\1';
  folder.write("model.safetensors", file);
  EXPECT_NE(TensorFile::open(folder.path())->fingerprint(), before);
}

// The definition: sign, five bits of exponent, ten of fraction.
TEST(HalfPrecision, IsReadExactly) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const int exponent = static_cast<int>((bits >> 10) & 0x1F);
    const double fraction = (bits & 0x3FF) / 1024.0;
    const double sign = bits & 0x8000 ? -1 : 1;
    const float read = from_half(static_cast<std::uint16_t>(bits));
    if (exponent == 31) {
      EXPECT_EQ(std::isinf(read), fraction == 0);
    } else if (exponent == 0) {
      EXPECT_EQ(read, sign * std::ldexp(fraction, -14));
    } else {
      EXPECT_EQ(read, sign * std::ldexp(1 + fraction, exponent - 15));
    }
  }
  EXPECT_EQ(from_bfloat16(0x3FC0), 1.5F);
}

}  // namespace
}  // namespace limn
