// limn_ials: fits the pairs of a file, for tools/bench_als.py.
//
//   limn_ials PAIRS DIM BLOCK ITERATIONS UNOBSERVED_WEIGHT L2 L2_EXPONENT [OUT]
//
// PAIRS has lines `user item item ...` of numbers from 0. Prints the processor seconds of an
// iteration, on one thread, and the loss; with OUT the factors go to OUT.users.npy, OUT.items.npy.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limn/core/file.h"
#include "limn/core/lines.h"
#include "limn/core/npy.h"
#include "limn/core/parallel.h"
#include "limn/recommend/ials.h"

namespace limn {
namespace {

template <typename T>
T number(std::string_view text) {
  T value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The next number of a line, and the line without it.
std::optional<std::uint32_t> take_number(std::string_view& line) {
  const std::size_t begin = line.find_first_of("0123456789");
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t end = std::min(line.find(' ', begin), line.size());
  const auto value = number<std::uint32_t>(line.substr(begin, end - begin));
  line.remove_prefix(end);
  return value;
}

SparseMatrix read_pairs(std::string_view text) {
  std::vector<Triplet> pairs;
  std::uint32_t users = 0;
  std::uint32_t items = 0;
  for (Lines lines(text); lines.next();) {
    std::string_view line = lines.text();
    const auto user = take_number(line);
    if (!user) continue;
    users = std::max(users, *user + 1);
    for (auto item = take_number(line); item; item = take_number(line)) {
      items = std::max(items, *item + 1);
      pairs.push_back({*user, *item, 1});
    }
  }
  return SparseMatrix::from_triplets(users, items, std::move(pairs));
}

double seconds_of_fit(SparseView pairs, const IalsOptions& options, IalsFactors& factors) {
  const std::clock_t begin = std::clock();
  factors = fit_ials(pairs, options);
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

int run(const std::vector<std::string>& arguments) {
  const auto map = MemoryMap::open(arguments[0]);
  if (!map) {
    std::fprintf(stderr, "%s\n", map.error().message.c_str());
    return 1;
  }
  set_thread_count(1);
  const SparseMatrix pairs = read_pairs(map->text());
  IalsOptions options{.dim = number<std::size_t>(arguments[1]),
                      .block = number<std::size_t>(arguments[2]),
                      .iterations = 0,
                      .objective = {.unobserved_weight = number<double>(arguments[4]),
                                    .l2 = number<double>(arguments[5]),
                                    .l2_exponent = number<double>(arguments[6])}};
  IalsFactors factors;
  const double start = seconds_of_fit(pairs, options, factors);
  options.iterations = number<int>(arguments[3]);
  const double whole = seconds_of_fit(pairs, options, factors);
  std::printf("{\"seconds\": %.5f, \"loss\": %.3f}\n", (whole - start) / options.iterations,
              ials_loss(pairs, factors, options.objective));
  if (arguments.size() < 8) return 0;
  const bool written = write_npy(arguments[7] + ".users.npy", factors.users).has_value() &&
                       write_npy(arguments[7] + ".items.npy", factors.items).has_value();
  return written ? 0 : 1;
}

}  // namespace
}  // namespace limn

int main(int count, char** values) {
  if (count < 8) {
    std::fprintf(stderr, "limn_ials: see its first lines for its arguments\n");
    return 2;
  }
  return limn::run({values + 1, values + count});
}
