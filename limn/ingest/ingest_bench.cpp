// Reading events: from the mapped file to records in batches. The sink checks what it is given.

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "limn/core/random.h"
#include "limn/ingest/csv.h"
#include "limn/ingest/read.h"

namespace limn {
namespace {

struct Sums {
  std::size_t events = 0;
  double value = 0;
  std::int64_t time_ms = 0;

  friend bool operator==(const Sums&, const Sums&) = default;
};

// A file of events with the sums that a right reader finds in it.
class EventsFile {
 public:
  EventsFile(const char* ending, std::size_t events, std::string (*row)(Random&, Sums&))
      : path_(std::filesystem::temp_directory_path() / fmt::format("limn_ingest_bench{}", ending)) {
    std::ofstream file(path_, std::ios::binary);
    if (path_.extension() == ".csv") file << "user_id,item_id,kind,value,timestamp\n";
    Random random(1);
    for (std::size_t i = 0; i < events; ++i) file << row(random, sums_);
  }
  ~EventsFile() { std::filesystem::remove(path_); }
  EventsFile(const EventsFile&) = delete;
  EventsFile& operator=(const EventsFile&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const Sums& sums() const { return sums_; }

 private:
  std::filesystem::path path_;
  Sums sums_;
};

struct Drawn {
  std::uint64_t user, item, half_stars, seconds;
};

Drawn draw(Random& random, Sums& sums) {
  const Drawn drawn{random.below(100'000), random.below(50'000), 1 + random.below(10),
                    1'500'000'000 + random.below(200'000'000)};
  sums.events += 1;
  sums.value += static_cast<double>(drawn.half_stars) / 2;
  sums.time_ms += static_cast<std::int64_t>(drawn.seconds) * 1000;
  return drawn;
}

std::string csv_row(Random& random, Sums& sums) {
  const Drawn drawn = draw(random, sums);
  return fmt::format("user{},item{},rate,{},{}\n", drawn.user, drawn.item,
                     static_cast<double>(drawn.half_stars) / 2, drawn.seconds);
}

std::string quoted_csv_row(Random& random, Sums& sums) {
  const Drawn drawn = draw(random, sums);
  return fmt::format("\"user{}\",\"item{}\",\"rate\",\"{}\",\"{}\"\n", drawn.user, drawn.item,
                     static_cast<double>(drawn.half_stars) / 2, drawn.seconds);
}

std::string jsonl_row(Random& random, Sums& sums) {
  const Drawn drawn = draw(random, sums);
  return fmt::format(
      R"({{"user_id":"user{}","item_id":"item{}","kind":"rate","value":{},"timestamp":{}}})"
      "\n",
      drawn.user, drawn.item, static_cast<double>(drawn.half_stars) / 2, drawn.seconds);
}

void bench_read(benchmark::State& state, const char* ending, std::string (*row)(Random&, Sums&)) {
  const EventsFile file(ending, static_cast<std::size_t>(state.range(0)), row);
  for (auto _ : state) {
    Sums read;
    const auto report = read_files({&file.path(), 1}, {}, [&](Batch&& batch) -> Result<void> {
      for (const Event& event : batch.events) {
        read.events += 1;
        read.value += static_cast<double>(event.value);
        read.time_ms += event.time.time_since_epoch().count();
      }
      return {};
    });
    if (!report || read != file.sums())
      state.SkipWithError("what was read is not what was written");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(std::filesystem::file_size(file.path())));
}
BENCHMARK_CAPTURE(bench_read, csv, ".csv", csv_row)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(bench_read, quoted_csv, ".csv", quoted_csv_row)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(bench_read, jsonl, ".jsonl", jsonl_row)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace limn
