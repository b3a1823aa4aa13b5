// The layers in bf16 or int8, on the kernels of low_precision.h.
//
// Between the products the rows are kept as the next product's operands: what makes a row (a norm,
// a GELU) writes it in bf16 or in 8 bits beside the fp32 residual. Attention is in bf16 in both.
#include <algorithm>
#include <cmath>
#include <utility>

#include "limn/core/check.h"
#include "limn/nn/low_precision.h"
#include "limn/nn/low_weights.h"
#include "limn/nn/transformer_layers.h"

namespace limn {
namespace {

// Rows of `bytes` each, whole blocks of them.
struct OperandRows {
  std::vector<std::byte> bytes;
  std::size_t stride = 0;

  // What fills rows up is made zero: it meets weights of 0, but what is no number stays none.
  void reshape(std::size_t rows, std::size_t n, std::size_t number_bytes) {
    stride = operand_row_bytes(n, number_bytes);
    if (stride != n * number_bytes) bytes.assign(0, std::byte{0});
    // A tile reads whole rows, also from a head's first column on.
    bytes.resize(whole_blocks(rows) * stride + operand_row_unit);
  }

  [[nodiscard]] std::byte* row(std::size_t i) { return bytes.data() + i * stride; }
  [[nodiscard]] std::uint16_t* halves() { return reinterpret_cast<std::uint16_t*>(bytes.data()); }
};

// What a call works in, kept by each thread for the next.
struct LowWorkspace {
  OperandRows input;            // (tokens, dim) in the layers' precision
  OperandRows query_key_value;  // (tokens, 3 dim) in bf16
  OperandRows context;          // (tokens, dim) in bf16
  OperandRows expanded;         // (tokens, intermediate) in the layers' precision
  OperandRows queries;          // a block's, of one head
  OperandRows shares;           // a block's, (32, length)
  std::vector<float> units;     // (tokens): of each row of input
  std::vector<float> ones;      // (tokens)
  std::vector<float> sums;      // (tokens, dim), whole blocks
  std::vector<float> scores;    // (32, length), whole blocks
  PackedOperand keys;
  PackedOperand values;
};

class LowLayers final : public TransformerLayers {
 public:
  LowLayers(const TransformerConfig& config, const EmbeddingTensors& embeddings,
            const TransformerOptions& options)
      : config_(config),
        embeddings_(embeddings),
        calibration_(options.calibration),
        kernels_(low_kernels(options.isa)),
        int8_(options.precision == Precision::int8) {}

  void add(LayerTensors tensors) {
    layers_.push_back(int8_ ? quantized(std::move(tensors), calibration_->layers.at(layers_.size()))
                            : halved(std::move(tensors)));
  }

  void run(std::span<const std::span<const TokenId>> texts, Matrix& x,
           Calibration* seen) const override {
    LIMN_CHECK(seen == nullptr);
    static thread_local LowWorkspace work;
    const std::size_t rows = x.rows();
    const std::size_t number = int8_ ? 1 : 2;
    work.input.reshape(rows, config_.dim, number);
    work.query_key_value.reshape(rows, 3 * config_.dim, 2);
    work.context.reshape(rows, config_.dim, 2);
    work.expanded.reshape(rows, config_.intermediate, number);
    work.units.resize(rows);
    work.ones.resize(rows, 1.0F);
    work.sums.resize(whole_blocks(rows) * whole_blocks(config_.dim));
    kernels_.begin();
    norm(embeddings_.norm, nullptr, nullptr, layers_.front().query_key_value, x, work);
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const LowLayer& next = layers_[std::min(i + 1, layers_.size() - 1)];
      run(layers_[i], next.query_key_value, texts, x, work);
    }
    kernels_.end();
  }

 private:
  void multiply(const LowProduct& product) const {
    if (int8_) {
      kernels_.multiply_int8(product);
    } else {
      kernels_.multiply_bf16(product);
    }
  }

  // What the dense layer makes of `rows` rows of operands; `units` are theirs.
  [[nodiscard]] LowProduct product(const LowDense& dense, const OperandRows& a, std::size_t rows,
                                   const std::vector<float>& units) const {
    return {.a = a.bytes.data(),
            .a_stride = a.stride,
            .m = rows,
            .b = &dense.weights,
            .start = dense.start.data(),
            .row_scale = units.data(),
            .column_scale = dense.column_scale.data(),
            .bias = dense.bias.data()};
  }

  // work.sums = the dense layer's sums.
  void sum(const LowDense& dense, const OperandRows& a, std::size_t rows,
           const std::vector<float>& units, LowWorkspace& work) const {
    LowProduct sums = product(dense, a, rows, units);
    sums.output = LowOutput::sums;
    sums.c = reinterpret_cast<std::byte*>(work.sums.data());
    sums.c_stride = whole_blocks(config_.dim) * sizeof(float);
    multiply(sums);
  }

  // Adds `dense`'s sums, whose operands had `units`, to x, normalizes it, and makes operands of it
  // for `next`. Without `dense` only the latter two.
  void norm(const LayerNorm& norm, const LowDense* dense, const std::vector<float>* units,
            const LowDense& next, Matrix& x, LowWorkspace& work) const {
    for (std::size_t i = 0; i < x.rows(); ++i) {
      LowNorm row{.x = x.row(i).data(),
                  .n = config_.dim,
                  .gain = norm.gain.data(),
                  .shift = norm.bias.data(),
                  .epsilon = config_.layer_norm_epsilon,
                  .smoothing = next.smoothing.data(),
                  .operand = work.input.row(i)};
      if (dense != nullptr) {
        row.sums = work.sums.data() + i * whole_blocks(config_.dim);
        row.row_scale = (*units)[i];
        row.column_scale = dense->column_scale.data();
        row.bias = dense->bias.data();
      }
      if (int8_) {
        work.units[i] = kernels_.norm_int8(row);
      } else {
        kernels_.norm_bf16(row);
      }
    }
  }

  // Adds to a token's scores, before they are scaled, what MPNet's head thinks of each distance.
  void add_distances(std::size_t head, std::size_t token, std::size_t length, float* scores) const {
    const float* const bias =
        embeddings_.distances.row(head).data() + config_.positions - 1 - token;
    for (std::size_t i = 0; i < length; ++i) scores[i] += bias[i];
  }

  // The rows of a block's queries as operands: where they are, if a head fills whole units.
  LowProduct queries(std::size_t row, std::size_t count, std::size_t head,
                     LowWorkspace& work) const {
    const std::size_t width = config_.dim / config_.heads;
    const std::byte* const from = work.query_key_value.row(row) + head * 2;
    if (width * 2 % operand_row_unit == 0) {
      return {.a = from, .a_stride = work.query_key_value.stride, .m = count};
    }
    work.queries.reshape(operand_block, width, 2);
    for (std::size_t i = 0; i < count; ++i) {
      const std::byte* const query = from + i * work.query_key_value.stride;
      std::copy(query, query + width * 2, work.queries.row(i));
    }
    return {.a = work.queries.bytes.data(), .a_stride = work.queries.stride, .m = count};
  }

  // One head of one text, whose first token is `first`: each token gathers the values of all,
  // weighted by how its query meets their keys. `head` is the head's first column.
  void attend(std::size_t first, std::size_t length, std::size_t head, LowWorkspace& work) const {
    const std::size_t width = config_.dim / config_.heads;
    const std::size_t stride = work.query_key_value.stride / 2;
    const std::uint16_t* const rows = work.query_key_value.halves() + first * stride + head;
    kernels_.pack_keys(rows + config_.dim, stride, length, width, work.keys);
    kernels_.pack_values(rows + 2 * config_.dim, stride, length, width, work.values);
    const float scale = 1 / std::sqrt(static_cast<float>(width));
    const std::size_t columns = whole_blocks(length);
    float inverse[operand_block];
    for (std::size_t begin = 0; begin < length; begin += operand_block) {
      const std::size_t count = std::min(operand_block, length - begin);
      LowProduct scores = queries(first + begin, count, head, work);
      scores.b = &work.keys;
      scores.c = reinterpret_cast<std::byte*>(work.scores.data());
      scores.c_stride = columns * sizeof(float);
      kernels_.multiply_bf16(scores);
      for (std::size_t i = 0; i < count; ++i) {
        float* const row = work.scores.data() + i * columns;
        if (config_.relative_buckets != 0) add_distances(head / width, begin + i, length, row);
        inverse[i] = kernels_.softmax(row, length, scale,
                                      reinterpret_cast<std::uint16_t*>(work.shares.row(i)));
      }
      kernels_.multiply_bf16({.a = work.shares.bytes.data(),
                              .a_stride = work.shares.stride,
                              .m = count,
                              .b = &work.values,
                              .row_scale = inverse,
                              .output = LowOutput::scaled,
                              .c = work.context.row(first + begin) + head * 2,
                              .c_stride = work.context.stride});
    }
  }

  void attend(std::span<const std::span<const TokenId>> texts, LowWorkspace& work) const {
    std::size_t row = 0;
    for (const std::span<const TokenId> text : texts) {
      work.scores.resize(operand_block * whole_blocks(text.size()));
      work.shares.reshape(operand_block, whole_blocks(text.size()), 2);
      for (std::size_t head = 0; head < config_.dim; head += config_.dim / config_.heads) {
        attend(row, text.size(), head, work);
      }
      row += text.size();
    }
  }

  void run(const LowLayer& layer, const LowDense& next,
           std::span<const std::span<const TokenId>> texts, Matrix& x, LowWorkspace& work) const {
    const std::size_t rows = x.rows();
    LowProduct joined = product(layer.query_key_value, work.input, rows, work.units);
    joined.output = LowOutput::rows;
    joined.c = work.query_key_value.row(0);
    joined.c_stride = work.query_key_value.stride;
    joined.c_has_whole_blocks = true;
    multiply(joined);
    attend(texts, work);

    if (int8_) {
      for (std::size_t i = 0; i < rows; ++i) {
        work.units[i] = kernels_.quantize(
            reinterpret_cast<const std::uint16_t*>(work.context.row(i)), config_.dim,
            layer.attention_output.smoothing.data(), work.input.row(i));
      }
    }
    sum(layer.attention_output, int8_ ? work.input : work.context, rows, work.units, work);
    norm(layer.attention_norm, &layer.attention_output, &work.units, layer.expand, x, work);

    LowProduct expanded = product(layer.expand, work.input, rows, work.units);
    expanded.output = LowOutput::gelu;
    expanded.gelu_scale = layer.gelu_scale.data();
    expanded.gelu_zero = layer.gelu_zero;
    expanded.c = work.expanded.row(0);
    expanded.c_stride = work.expanded.stride;
    expanded.c_has_whole_blocks = true;
    multiply(expanded);
    sum(layer.contract, work.expanded, rows, work.ones, work);
    norm(layer.output_norm, &layer.contract, &work.ones, next, x, work);
  }

  TransformerConfig config_;
  const EmbeddingTensors& embeddings_;
  const Calibration* calibration_;  // while layers are added
  const LowKernels& kernels_;
  bool int8_;
  std::vector<LowLayer> layers_;
};

}  // namespace

Result<std::unique_ptr<const TransformerLayers>> make_low_layers(
    const TransformerConfig& config, const TensorFile& tensors, const EmbeddingTensors& embeddings,
    const TransformerOptions& options) {
  LIMN_CHECK(options.precision == Precision::bf16 || options.calibration != nullptr);
  auto layers = std::make_unique<LowLayers>(config, embeddings, options);
  for (std::size_t i = 0; i < config.layers; ++i) {
    LIMN_TRY(LayerTensors tensors_of_layer, read_layer(config, tensors, i));
    layers->add(std::move(tensors_of_layer));
    tensors.release();
  }
  return layers;
}

}  // namespace limn
