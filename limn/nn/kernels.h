// The arithmetic of a Transformer on one thread: products with packed matrices, softmax, layer
// norm.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "limn/core/cpu.h"

namespace limn {

// A (k, n) matrix as the right side of a product: cut into panels of some columns, each panel's
// rows one after the other, the last panel filled up with zeros. How wide a panel is depends on the
// instruction set that it was packed for.
class PackedMatrix {
 public:
  PackedMatrix() = default;

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] const float* data() const { return blocks_.empty() ? nullptr : blocks_[0].values; }

  // Makes it (rows, cols) in panels of `panel_cols`, keeping the memory it has; its values are what
  // they were. Returns where they are.
  float* reshape(std::size_t rows, std::size_t cols, std::size_t panel_cols);

 private:
  struct alignas(64) Block {  // a cache line, and the widest register
    float values[16];
  };

  std::vector<Block> blocks_;
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
};

enum class Activation { none, gelu };

// c = activation(a b + bias), or with `add`, c = activation(c + a b + bias).
struct Product {
  const float* a = nullptr;  // (m, b->rows()), a row every a_stride
  std::size_t a_stride = 0;
  std::size_t m = 0;
  const PackedMatrix* b = nullptr;
  const float* bias = nullptr;  // (b->cols()); may be null
  bool add = false;
  Activation activation = Activation::none;
  float* c = nullptr;  // (m, b->cols()), a row every c_stride
  std::size_t c_stride = 0;
  bool c_has_whole_panels =
      false;  // what is behind c's columns, up to whole panels, may be written
};

// The kernels of one instruction set. Each result depends on its own row's values only: the same
// row in another batch gives the same bytes.
struct Kernels {
  std::size_t panel_cols;
  // Packs b, (k, n), a row every `stride`.
  void (*pack)(const float* b, std::size_t stride, std::size_t k, std::size_t n,
               PackedMatrix& packed);
  // Packs the transpose of b, (n, k), a row every `stride`: a layer's weights as they are stored.
  void (*pack_transposed)(const float* b, std::size_t stride, std::size_t n, std::size_t k,
                          PackedMatrix& packed);
  // 2 m n k flops. Requires m, n, k >= 1.
  void (*multiply)(const Product& product);
  // x[i] = exp(scale * x[i]) / (the sum of these). Requires n >= 1 and scale > 0.
  void (*softmax)(float* x, std::size_t n, float scale);
  // x = (x - mean) / sqrt(variance + epsilon) * gain + bias.
  void (*layer_norm)(float* x, std::size_t n, const float* gain, const float* bias, float epsilon);
  // x[i] * P(a normal number < x[i]), with an error of at most 3e-7 * (1 + |x|).
  void (*gelu)(float* x, std::size_t n);
};

// Requires `isa` to be one of supported_isas().
[[nodiscard]] const Kernels& kernels(Isa isa);

}  // namespace limn
