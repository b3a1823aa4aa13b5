// For an example with history items h and the item q in question, each a row of `width` numbers:
//
//   a_h = unit([h, q, h - q, h * q])            not normalised: how strongly, not only which
//   s   = sum_h a_h h                            (without attention: the mean of h)
//   log odds = output([s, q, s * q])
//
// The history items of all examples of a batch are the rows of one product with the unit's layers.
#include "limn/recommend/din_gradients.h"

#include <algorithm>
#include <cmath>

#include "limn/core/check.h"

namespace limn {
namespace {

template <typename T>
struct Batch {
  std::vector<std::size_t> offsets;  // (examples + 1): each example's history rows
  std::vector<ItemIndex> items;      // (rows)
  std::vector<T> history;            // (rows, width)
  std::vector<T> query;              // (examples, width)
  std::vector<T> attention;          // (rows): a_h
  std::vector<T> sum;                // (examples, width)
  MlpTrace<T> unit;
  MlpTrace<T> output;
};

template <typename T>
class Din {
 public:
  Din(const DinShape& shape, const DinParameters<T>& parameters,
      std::span<const std::uint32_t> category)
      : shape_(shape), parameters_(parameters), category_(category), width_(shape.width()) {
    LIMN_CHECK(parameters.items.size() == category.size() * shape.dim);
    LIMN_CHECK(shape.unit.inputs == 4 * width_);
    LIMN_CHECK(shape.output.inputs == 3 * width_);
  }

  // The log odds; leaves in `batch` what backward() needs.
  std::vector<T> forward(std::span<const ClickExample> examples, const DinStatistics<T>* fixed,
                         Batch<T>& batch) const {
    embed(examples, batch);
    if (shape_.attention) {
      batch.attention = mlp_forward<T>(shape_.unit, parameters_.unit, unit_inputs(batch),
                                       fixed == nullptr ? nullptr : &fixed->unit, batch.unit);
    } else {
      weigh_alike(batch);
    }
    pool(batch);
    return mlp_forward<T>(shape_.output, parameters_.output, output_inputs(batch),
                          fixed == nullptr ? nullptr : &fixed->output, batch.output);
  }

  // `slopes` (examples): the loss's derivatives by the log odds.
  void backward(std::span<const ClickExample> examples, const Batch<T>& batch,
                const std::vector<T>& slopes, DinGradients<T>& gradients) const {
    gradients.unit.assign(parameters_.unit.size(), 0);
    gradients.output.assign(parameters_.output.size(), 0);
    const std::vector<T> of_inputs =
        mlp_backward<T>(shape_.output, parameters_.output, batch.output, slopes, gradients.output);
    std::vector<T> of_query(batch.query.size());
    std::vector<T> of_sum(batch.sum.size());
    for (std::size_t e = 0, i = 0; e < examples.size(); ++e) {
      const T* part = of_inputs.data() + e * 3 * width_;
      for (std::size_t j = 0; j < width_; ++j, ++i, ++part) {
        of_sum[i] = part[0] + part[2 * width_] * batch.query[i];
        of_query[i] = part[width_] + part[2 * width_] * batch.sum[i];
      }
    }
    std::vector<T> of_history = unpool(batch, of_sum, of_query, gradients);
    for (std::size_t row = 0; row < batch.items.size(); ++row) {
      add_embedding(batch.items[row], of_history.data() + row * width_, gradients);
    }
    for (std::size_t e = 0; e < examples.size(); ++e) {
      add_embedding(examples[e].item, of_query.data() + e * width_, gradients);
    }
    gradients.statistics = {batch.unit.statistics, batch.output.statistics};
  }

 private:
  void embed(std::span<const ClickExample> examples, Batch<T>& batch) const {
    batch.offsets.assign(1, 0);
    for (const ClickExample& example : examples) {
      const std::size_t skipped =
          example.history.size() - std::min(example.history.size(), shape_.max_history);
      for (const ItemIndex item : example.history.subspan(skipped)) {
        // An item newer than the model says nothing to it.
        if (item < category_.size()) batch.items.push_back(item);
      }
      batch.offsets.push_back(batch.items.size());
    }
    batch.history.resize(batch.items.size() * width_);
    batch.query.resize(examples.size() * width_);
    for (std::size_t row = 0; row < batch.items.size(); ++row) {
      copy_embedding(batch.items[row], batch.history.data() + row * width_);
    }
    for (std::size_t e = 0; e < examples.size(); ++e) {
      LIMN_CHECK(examples[e].item < category_.size());
      copy_embedding(examples[e].item, batch.query.data() + e * width_);
    }
  }

  void copy_embedding(ItemIndex item, T* to) const {
    std::copy_n(parameters_.items.data() + item * shape_.dim, shape_.dim, to);
    std::copy_n(parameters_.categories.data() + category_[item] * shape_.dim, shape_.dim,
                to + shape_.dim);
  }

  void add_embedding(ItemIndex item, const T* gradient, DinGradients<T>& gradients) const {
    gradients.items.add(item, gradient);
    gradients.categories.add(category_[item], gradient + shape_.dim);
  }

  [[nodiscard]] std::vector<T> unit_inputs(const Batch<T>& batch) const {
    std::vector<T> inputs(batch.items.size() * 4 * width_);
    for (std::size_t e = 0; e + 1 < batch.offsets.size(); ++e) {
      const T* const q = batch.query.data() + e * width_;
      for (std::size_t row = batch.offsets[e]; row < batch.offsets[e + 1]; ++row) {
        const T* const h = batch.history.data() + row * width_;
        T* const to = inputs.data() + row * 4 * width_;
        for (std::size_t j = 0; j < width_; ++j) {
          to[j] = h[j];
          to[width_ + j] = q[j];
          to[2 * width_ + j] = h[j] - q[j];
          to[3 * width_ + j] = h[j] * q[j];
        }
      }
    }
    return inputs;
  }

  void weigh_alike(Batch<T>& batch) const {
    batch.attention.resize(batch.items.size());
    for (std::size_t e = 0; e + 1 < batch.offsets.size(); ++e) {
      const std::size_t count = batch.offsets[e + 1] - batch.offsets[e];
      std::fill_n(batch.attention.begin() + static_cast<std::ptrdiff_t>(batch.offsets[e]), count,
                  1 / static_cast<T>(count));
    }
  }

  void pool(Batch<T>& batch) const {
    batch.sum.assign(batch.query.size(), 0);
    for (std::size_t e = 0; e + 1 < batch.offsets.size(); ++e) {
      for (std::size_t row = batch.offsets[e]; row < batch.offsets[e + 1]; ++row) {
        for (std::size_t j = 0; j < width_; ++j) {
          batch.sum[e * width_ + j] += batch.attention[row] * batch.history[row * width_ + j];
        }
      }
    }
  }

  [[nodiscard]] std::vector<T> output_inputs(const Batch<T>& batch) const {
    std::vector<T> inputs(3 * batch.query.size());
    for (std::size_t i = 0; i < batch.query.size(); ++i) {
      T* const to = inputs.data() + i / width_ * 3 * width_ + i % width_;
      to[0] = batch.sum[i];
      to[width_] = batch.query[i];
      to[2 * width_] = batch.sum[i] * batch.query[i];
    }
    return inputs;
  }

  // The derivatives by the history's rows: as summands, and as inputs of the unit. Adds the unit's
  // own, and those by the queries.
  std::vector<T> unpool(const Batch<T>& batch, const std::vector<T>& of_sum,
                        std::vector<T>& of_query, DinGradients<T>& gradients) const {
    std::vector<T> of_history(batch.history.size());
    std::vector<T> of_attention(batch.items.size());
    for (std::size_t e = 0; e + 1 < batch.offsets.size(); ++e) {
      const T* const slope = of_sum.data() + e * width_;
      for (std::size_t row = batch.offsets[e]; row < batch.offsets[e + 1]; ++row) {
        for (std::size_t j = 0; j < width_; ++j) {
          of_attention[row] += slope[j] * batch.history[row * width_ + j];
          of_history[row * width_ + j] = batch.attention[row] * slope[j];
        }
      }
    }
    if (!shape_.attention) return of_history;
    const std::vector<T> of_inputs =
        mlp_backward<T>(shape_.unit, parameters_.unit, batch.unit, of_attention, gradients.unit);
    for (std::size_t e = 0; e + 1 < batch.offsets.size(); ++e) {
      for (std::size_t row = batch.offsets[e]; row < batch.offsets[e + 1]; ++row) {
        const T* const part = of_inputs.data() + row * 4 * width_;
        for (std::size_t j = 0; j < width_; ++j) {
          const T by_product = part[3 * width_ + j];
          T& h = of_history[row * width_ + j];
          T& q = of_query[e * width_ + j];
          h += part[j] + part[2 * width_ + j] + by_product * batch.query[e * width_ + j];
          q += part[width_ + j] - part[2 * width_ + j] +
               by_product * batch.history[row * width_ + j];
        }
      }
    }
    return of_history;
  }

  const DinShape& shape_;
  const DinParameters<T>& parameters_;
  std::span<const std::uint32_t> category_;
  std::size_t width_;
};

// log(1 + e^x), also where e^x is beyond every number.
double softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

}  // namespace

template <typename T>
DinGradients<T> din_gradients(const DinShape& shape, const DinParameters<T>& parameters,
                              std::span<const std::uint32_t> category,
                              std::span<const ClickExample> examples) {
  DinGradients<T> gradients(shape.dim);
  const Din<T> din(shape, parameters, category);
  Batch<T> batch;
  const std::vector<T> log_odds = din.forward(examples, nullptr, batch);
  std::vector<T> slopes(examples.size());
  for (std::size_t e = 0; e < examples.size(); ++e) {
    const double x = log_odds[e];
    gradients.loss += softplus(examples[e].clicked ? -x : x);
    slopes[e] = static_cast<T>(1 / (1 + std::exp(-x)) - (examples[e].clicked ? 1 : 0));
  }
  din.backward(examples, batch, slopes, gradients);
  return gradients;
}

template <typename T>
std::vector<T> din_log_odds(const DinShape& shape, const DinParameters<T>& parameters,
                            const DinStatistics<T>& statistics,
                            std::span<const std::uint32_t> category,
                            std::span<const ClickExample> examples) {
  Batch<T> batch;
  return Din<T>(shape, parameters, category).forward(examples, &statistics, batch);
}

template DinGradients<float> din_gradients(const DinShape&, const DinParameters<float>&,
                                           std::span<const std::uint32_t>,
                                           std::span<const ClickExample>);
template DinGradients<double> din_gradients(const DinShape&, const DinParameters<double>&,
                                            std::span<const std::uint32_t>,
                                            std::span<const ClickExample>);
template std::vector<float> din_log_odds(const DinShape&, const DinParameters<float>&,
                                         const DinStatistics<float>&,
                                         std::span<const std::uint32_t>,
                                         std::span<const ClickExample>);

}  // namespace limn
