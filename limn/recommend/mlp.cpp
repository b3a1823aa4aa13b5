#include "limn/recommend/mlp.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <cblas.h>

#include "limn/core/check.h"
#include "limn/core/random.h"
#include "limn/recommend/blas.h"

namespace limn {
namespace {

// Keeps Dice's division finite where a unit is the same for the whole batch.
constexpr double variance_floor = 1e-6;

constexpr double initial_slope = 0.25;  // He et al. (2015)

// Where a layer's parameters stand.
struct LayerPlace {
  std::size_t in = 0;
  std::size_t out = 0;
  std::size_t weights = 0;
  std::size_t biases = 0;
  std::size_t slopes = 0;  // hidden layers
};

// Two hidden layers and the last.
std::array<LayerPlace, 3> places(const MlpShape& shape) {
  const std::array<std::size_t, 4> widths{shape.inputs, shape.hidden[0], shape.hidden[1], 1};
  std::array<LayerPlace, 3> result;
  std::size_t offset = 0;
  for (std::size_t layer = 0; layer < 3; ++layer) {
    LayerPlace& place = result[layer];
    place = {.in = widths[layer], .out = widths[layer + 1], .weights = offset};
    place.biases = place.weights + place.in * place.out;
    place.slopes = place.biases + place.out;
    offset = place.slopes + place.out;
  }
  return result;
}

CBLAS_TRANSPOSE transposed(bool yes) {
  return yes ? CblasTrans : CblasNoTrans;
}

// c (m, n) = beta c + a b, of which either may be stored transposed.
struct MatrixProduct {
  std::size_t m = 0;
  std::size_t n = 0;
  std::size_t k = 0;
  bool a_transposed = false;
  bool b_transposed = false;
  bool add = false;
};

void multiply(const MatrixProduct& p, const float* a, const float* b, float* c) {
  const auto [m, n, k] =
      std::array{static_cast<blasint>(p.m), static_cast<blasint>(p.n), static_cast<blasint>(p.k)};
  cblas_sgemm(CblasRowMajor, transposed(p.a_transposed), transposed(p.b_transposed), m, n, k, 1, a,
              p.a_transposed ? m : k, b, p.b_transposed ? k : n, p.add ? 1 : 0, c, n);
}

void multiply(const MatrixProduct& p, const double* a, const double* b, double* c) {
  const auto [m, n, k] =
      std::array{static_cast<blasint>(p.m), static_cast<blasint>(p.n), static_cast<blasint>(p.k)};
  cblas_dgemm(CblasRowMajor, transposed(p.a_transposed), transposed(p.b_transposed), m, n, k, 1, a,
              p.a_transposed ? m : k, b, p.b_transposed ? k : n, p.add ? 1 : 0, c, n);
}

// x W' + b, (rows, out).
template <typename T>
std::vector<T> apply_layer(const LayerPlace& place, std::span<const T> parameters,
                           const std::vector<T>& x, std::size_t rows) {
  std::vector<T> y(rows * place.out);
  const std::span<const T> biases = parameters.subspan(place.biases, place.out);
  for (std::size_t row = 0; row < rows; ++row) {
    std::ranges::copy(biases, y.begin() + static_cast<std::ptrdiff_t>(row * place.out));
  }
  if (rows > 0) {
    multiply({.m = rows, .n = place.out, .k = place.in, .b_transposed = true, .add = true},
             x.data(), parameters.data() + place.weights, y.data());
  }
  return y;
}

// The other way: adds the gradients of the layer, and answers those of x.
template <typename T>
std::vector<T> unapply_layer(const LayerPlace& place, std::span<const T> parameters,
                             const std::vector<T>& x, const std::vector<T>& slopes,
                             std::size_t rows, std::span<T> gradients) {
  std::vector<T> of_x(rows * place.in);
  if (rows == 0) return of_x;
  multiply({.m = place.out, .n = place.in, .k = rows, .a_transposed = true, .add = true},
           slopes.data(), x.data(), gradients.data() + place.weights);
  T* const of_biases = gradients.data() + place.biases;
  for (std::size_t row = 0, i = 0; row < rows; ++row) {
    for (std::size_t unit = 0; unit < place.out; ++unit, ++i) of_biases[unit] += slopes[i];
  }
  multiply({.m = rows, .n = place.in, .k = place.out}, slopes.data(),
           parameters.data() + place.weights, of_x.data());
  return of_x;
}

template <typename T>
void set_statistics(const std::vector<T>& x, std::size_t units, std::vector<T>& mean,
                    std::vector<T>& variance) {
  mean.clear();
  variance.clear();
  if (x.empty()) return;  // no statistics of no rows
  mean.resize(units);
  variance.resize(units);
  const T share = static_cast<T>(units) / static_cast<T>(x.size());
  for (std::size_t i = 0; i < x.size(); i += units) {
    for (std::size_t unit = 0; unit < units; ++unit) mean[unit] += x[i + unit] * share;
  }
  for (std::size_t i = 0; i < x.size(); i += units) {
    for (std::size_t unit = 0; unit < units; ++unit) {
      const T difference = x[i + unit] - mean[unit];
      variance[unit] += difference * difference * share;
    }
  }
}

template <typename T>
T sigmoid(T x) {
  return 1 / (1 + std::exp(-x));
}

template <typename T>
std::vector<T> inverse_deviations(const std::vector<T>& variance) {
  std::vector<T> result(variance.size());
  for (std::size_t unit = 0; unit < result.size(); ++unit) {
    result[unit] = 1 / std::sqrt(variance[unit] + static_cast<T>(variance_floor));
  }
  return result;
}

template <typename T>
void activate(const MlpShape& shape, std::span<const T> slopes, const std::vector<T>& mean,
              const std::vector<T>& variance, typename MlpTrace<T>::Layer& layer) {
  const std::size_t units = slopes.size();
  const std::size_t rows = layer.before.size() / units;
  layer.after.resize(layer.before.size());
  if (shape.activation == MlpActivation::prelu) {
    for (std::size_t row = 0, i = 0; row < rows; ++row) {
      for (std::size_t unit = 0; unit < units; ++unit, ++i) {
        const T x = layer.before[i];
        layer.after[i] = x > 0 ? x : slopes[unit] * x;
      }
    }
    return;
  }
  const std::vector<T> inverse = inverse_deviations(variance);
  layer.normalised.resize(layer.before.size());
  for (std::size_t row = 0, i = 0; row < rows; ++row) {
    for (std::size_t unit = 0; unit < units; ++unit, ++i) {
      const T x = layer.before[i];
      const T normalised = (x - mean[unit]) * inverse[unit];
      const T gate = sigmoid(normalised);
      layer.normalised[i] = normalised;
      layer.after[i] = x * (gate + (1 - gate) * slopes[unit]);
    }
  }
}

// From the derivatives by the activation's output to those by its input, in place.
template <typename T>
void unactivate_prelu(std::span<const T> slopes, const typename MlpTrace<T>::Layer& layer,
                      std::vector<T>& derivatives, std::span<T> of_slopes) {
  const std::size_t units = slopes.size();
  for (std::size_t row = 0, i = 0; row < derivatives.size() / units; ++row) {
    for (std::size_t unit = 0; unit < units; ++unit, ++i) {
      if (layer.before[i] > 0) continue;
      of_slopes[unit] += derivatives[i] * layer.before[i];
      derivatives[i] *= slopes[unit];
    }
  }
}

// Dice: the input acts directly, and by way of the gate, whose normalisation is one of the whole
// batch (as in batch normalisation: Ioffe and Szegedy, 2015).
template <typename T>
void unactivate_dice(std::span<const T> slopes, const std::vector<T>& variance,
                     const typename MlpTrace<T>::Layer& layer, std::vector<T>& derivatives,
                     std::span<T> of_slopes) {
  const std::size_t units = slopes.size();
  const std::size_t rows = derivatives.size() / units;
  if (rows == 0) return;
  std::vector<T> by_normalised(derivatives.size());
  std::vector<T> mean(units);
  std::vector<T> mean_of_product(units);
  const T share = 1 / static_cast<T>(rows);
  for (std::size_t row = 0, i = 0; row < rows; ++row) {
    for (std::size_t unit = 0; unit < units; ++unit, ++i) {
      const T gate = sigmoid(layer.normalised[i]);
      const T x = layer.before[i];
      of_slopes[unit] += derivatives[i] * x * (1 - gate);
      by_normalised[i] = derivatives[i] * x * (1 - slopes[unit]) * gate * (1 - gate);
      derivatives[i] *= gate + (1 - gate) * slopes[unit];
      mean[unit] += by_normalised[i] * share;
      mean_of_product[unit] += by_normalised[i] * layer.normalised[i] * share;
    }
  }
  const std::vector<T> inverse = inverse_deviations(variance);
  for (std::size_t row = 0, i = 0; row < rows; ++row) {
    for (std::size_t unit = 0; unit < units; ++unit, ++i) {
      derivatives[i] += inverse[unit] * (by_normalised[i] - mean[unit] -
                                         layer.normalised[i] * mean_of_product[unit]);
    }
  }
}

}  // namespace

std::size_t MlpShape::parameter_count() const {
  const LayerPlace last = places(*this)[2];
  return last.biases + last.out;
}

std::vector<float> random_mlp(const MlpShape& shape, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> parameters(shape.parameter_count());
  for (const LayerPlace& place : places(shape)) {
    const double width = std::sqrt(6.0 / static_cast<double>(place.in + place.out));
    for (std::size_t i = 0; i < place.in * place.out; ++i) {
      parameters[place.weights + i] = static_cast<float>(width * (2 * random.uniform() - 1));
    }
    for (std::size_t i = place.slopes; i < std::min(place.slopes + place.out, parameters.size());
         ++i) {
      parameters[i] = static_cast<float>(initial_slope);
    }
  }
  return parameters;
}

template <typename T>
std::vector<T> mlp_forward(const MlpShape& shape, std::span<const T> parameters,
                           std::vector<T> inputs, const MlpStatistics<T>* fixed,
                           MlpTrace<T>& trace) {
  LIMN_CHECK(parameters.size() == shape.parameter_count());
  LIMN_CHECK(shape.inputs > 0 && inputs.size() % shape.inputs == 0);
  use_one_blas_thread();
  trace.rows = inputs.size() / shape.inputs;
  trace.inputs = std::move(inputs);
  const auto all = places(shape);
  const std::vector<T>* x = &trace.inputs;
  for (std::size_t l = 0; l < 2; ++l) {
    auto& layer = trace.layers[l];
    auto& mean = trace.statistics.mean[l];
    auto& variance = trace.statistics.variance[l];
    layer.before = apply_layer(all[l], parameters, *x, trace.rows);
    const bool dice = shape.activation == MlpActivation::dice;
    if (dice && fixed == nullptr) set_statistics(layer.before, all[l].out, mean, variance);
    activate(shape, parameters.subspan(all[l].slopes, all[l].out),
             fixed == nullptr ? mean : fixed->mean[l],
             fixed == nullptr ? variance : fixed->variance[l], layer);
    x = &layer.after;
  }
  return apply_layer(all[2], parameters, *x, trace.rows);
}

template <typename T>
std::vector<T> mlp_backward(const MlpShape& shape, std::span<const T> parameters,
                            const MlpTrace<T>& trace, std::span<const T> slopes,
                            std::span<T> gradients) {
  LIMN_CHECK(slopes.size() == trace.rows);
  LIMN_CHECK(gradients.size() == shape.parameter_count());
  const auto all = places(shape);
  std::vector<T> derivatives =
      unapply_layer(all[2], parameters, trace.layers[1].after,
                    std::vector<T>(slopes.begin(), slopes.end()), trace.rows, gradients);
  for (std::size_t l = 2; l-- > 0;) {
    const std::span<const T> own = parameters.subspan(all[l].slopes, all[l].out);
    const std::span<T> of_own = gradients.subspan(all[l].slopes, all[l].out);
    if (shape.activation == MlpActivation::prelu) {
      unactivate_prelu(own, trace.layers[l], derivatives, of_own);
    } else {
      unactivate_dice(own, trace.statistics.variance[l], trace.layers[l], derivatives, of_own);
    }
    derivatives = unapply_layer(all[l], parameters, l == 0 ? trace.inputs : trace.layers[0].after,
                                derivatives, trace.rows, gradients);
  }
  return derivatives;
}

template std::vector<float> mlp_forward(const MlpShape&, std::span<const float>, std::vector<float>,
                                        const MlpStatistics<float>*, MlpTrace<float>&);
template std::vector<double> mlp_forward(const MlpShape&, std::span<const double>,
                                         std::vector<double>, const MlpStatistics<double>*,
                                         MlpTrace<double>&);
template std::vector<float> mlp_backward(const MlpShape&, std::span<const float>,
                                         const MlpTrace<float>&, std::span<const float>,
                                         std::span<float>);
template std::vector<double> mlp_backward(const MlpShape&, std::span<const double>,
                                          const MlpTrace<double>&, std::span<const double>,
                                          std::span<double>);

}  // namespace limn
