// Assignment is a matrix product of which only the largest entry of each row is wanted. So the
// kernel never writes the product: each tile of it stays in registers, where the argmax is taken.
// That saves the memory traffic of a GEMM followed by a scan, and the kernel runs at GEMM speed.
#include "limn/cluster/assign.h"

#include <algorithm>
#include <limits>

#include "limn/cluster/rows.h"
#include "limn/core/check.h"
#include "limn/core/parallel.h"

namespace limn {
namespace {

#pragma GCC diagnostic ignored "-Wpsabi"  // vectors are passed between functions of this file only

// Points that pass the panels together: at dim 384 they fill 144 KiB, a share of any second-level
// cache. A multiple of every tile_rows below.
constexpr std::size_t block_rows = 96;

namespace plain {
constexpr std::size_t lanes = 4;
constexpr std::size_t tile_rows = 4;
#include "limn/cluster/assign_kernel.inc"
}  // namespace plain

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace avx2 {
constexpr std::size_t lanes = 8;
constexpr std::size_t tile_rows = 6;
#include "limn/cluster/assign_kernel.inc"
}  // namespace avx2
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,fma,prefer-vector-width=512")
namespace avx512 {
constexpr std::size_t lanes = 16;
constexpr std::size_t tile_rows = 12;
#include "limn/cluster/assign_kernel.inc"
}  // namespace avx512
#pragma GCC pop_options

struct Kernel {
  std::size_t panel_width;
  void (*assign_block)(const float* points, std::size_t rows, const PackedCentroids& centroids,
                       std::uint32_t* labels, float* similarities);
};

Kernel kernel(Isa isa) {
  switch (isa) {
    case Isa::plain: return {2 * plain::lanes, plain::assign_block};
    case Isa::avx2: return {2 * avx2::lanes, avx2::assign_block};
    case Isa::avx512: return {2 * avx512::lanes, avx512::assign_block};
  }
  return {2 * plain::lanes, plain::assign_block};
}

}  // namespace

PackedCentroids::PackedCentroids(MatrixView centroids, Isa isa)
    : count_(centroids.rows()), dim_(centroids.cols()), isa_(isa) {
  const std::size_t width = kernel(isa).panel_width;
  panels_ = (count_ + width - 1) / width;
  panel_size_ = dim_ * width;
  values_.resize(panels_ * panel_size_);
  for (std::size_t c = 0; c < panels_ * width; ++c) {
    // The last panel is filled with copies of the last centroid, which of equals is the lowest.
    const std::span<const float> row = centroids.row(std::min(c, count_ - 1));
    float* const column = values_.data() + c / width * panel_size_ + c % width;
    for (std::size_t d = 0; d < dim_; ++d) column[d * width] = row[d];
  }
}

void assign_rows(MatrixView points, const PackedCentroids& centroids,
                 std::span<std::uint32_t> labels, std::span<float> similarities) {
  LIMN_CHECK(points.cols() == centroids.dim());
  LIMN_CHECK(centroids.count() > 0);
  LIMN_CHECK(labels.size() == points.rows() && similarities.size() == points.rows());
  const auto assign_block = kernel(centroids.isa()).assign_block;
  for (std::size_t begin = 0; begin < points.rows(); begin += block_rows) {
    const std::size_t count = std::min(block_rows, points.rows() - begin);
    assign_block(points.row(begin).data(), count, centroids, labels.data() + begin,
                 similarities.data() + begin);
  }
  for (std::size_t i = 0; i < points.rows(); ++i) {
    if (similarities[i] == 0 && is_zero(points.row(i))) labels[i] = no_cluster;
  }
}

Assignment assign(MatrixView points, MatrixView centroids) {
  Assignment found{std::vector<std::uint32_t>(points.rows(), no_cluster),
                   std::vector<float>(points.rows())};
  if (centroids.empty()) return found;
  const PackedCentroids packed(centroids);
  const std::size_t blocks = 1 + rows_per_chunk(centroids.rows() * points.cols()) / block_rows;
  parallel_for(points.rows(), blocks * block_rows, [&](std::size_t begin, std::size_t end) {
    const std::size_t count = end - begin;
    assign_rows(points.slice(begin, count), packed, std::span(found.labels).subspan(begin, count),
                std::span(found.similarities).subspan(begin, count));
  });
  return found;
}

}  // namespace limn
