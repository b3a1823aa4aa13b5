// Mlp: two hidden layers and one number out, with its gradient written by hand.
//
// In float for training, in double for the tests that hold the gradient against differences.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace limn {

enum class MlpActivation {
  prelu,  // x above 0, slope * x below
  // p x + (1 - p) slope x, p = sigmoid of x normalised by the batch (Zhou et al., 2018): where the
  // kink lies follows the data
  dice,
};

struct MlpShape {
  std::size_t inputs = 0;
  std::array<std::size_t, 2> hidden{};
  MlpActivation activation = MlpActivation::dice;

  // The floats of all layers: weights (out, in), biases (out) and, in hidden layers, slopes (out).
  [[nodiscard]] std::size_t parameter_count() const;
};

// What Dice normalises by: the mean and the variance of each hidden unit.
template <typename T>
struct MlpStatistics {
  std::array<std::vector<T>, 2> mean;
  std::array<std::vector<T>, 2> variance;
};

// What a forward pass leaves for the backward pass.
template <typename T>
struct MlpTrace {
  struct Layer {
    std::vector<T> before;      // (rows, out) of the activation
    std::vector<T> normalised;  // (rows, out), dice only
    std::vector<T> after;       // (rows, out)
  };
  std::size_t rows = 0;
  std::vector<T> inputs;  // (rows, inputs)
  std::array<Layer, 2> layers;
  MlpStatistics<T> statistics;  // of this batch
};

// Parameters to start from: uniform weights scaled by the width of the layers (Glorot and Bengio,
// 2010), biases 0 and slopes 0.25.
[[nodiscard]] std::vector<float> random_mlp(const MlpShape& shape, std::uint64_t seed);

// Answers (rows). Normalises by `fixed` where given, else by the batch, and fills `trace`. Requires
// inputs of rows * shape.inputs. Any thread.
template <typename T>
[[nodiscard]] std::vector<T> mlp_forward(const MlpShape& shape, std::span<const T> parameters,
                                         std::vector<T> inputs, const MlpStatistics<T>* fixed,
                                         MlpTrace<T>& trace);

// `slopes` (rows): the loss's derivatives by the answers. Adds those by the parameters to
// `gradients`, and answers those by the inputs (rows, inputs). The trace must be of a pass that
// normalised by its batch.
template <typename T>
[[nodiscard]] std::vector<T> mlp_backward(const MlpShape& shape, std::span<const T> parameters,
                                          const MlpTrace<T>& trace, std::span<const T> slopes,
                                          std::span<T> gradients);

}  // namespace limn
