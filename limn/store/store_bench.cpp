#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

#include <benchmark/benchmark.h>

#include "limn/core/check.h"
#include "limn/store/generation.h"
#include "limn/store/store.h"
#include "limn/store/testing.h"

namespace limn {
namespace {

constexpr std::size_t batch = 20'000;

// Events as a shop's log has them: in the order of time, users and items by popularity.
std::vector<Event> shop_events(std::size_t count) {
  Random random(1);
  const auto popular = [&](std::size_t n) {
    return static_cast<std::size_t>(random.uniform() * random.uniform() * static_cast<double>(n));
  };
  std::vector<Event> events(count);
  for (std::size_t i = 0; i < count; ++i) {
    events[i] = {.user = fmt::format("user-{:06}", popular(20'000)),
                 .item = fmt::format("item-{:06}", popular(5'000)),
                 .kind = random.below(10) == 0 ? "purchase" : "view",
                 .time = Time{std::chrono::milliseconds{1'600'000'000'000 +
                                                        static_cast<std::int64_t>(i) * 97}}};
  }
  return events;
}

WriteReport import_all(Store& store, std::span<const Event> events) {
  auto import = store.begin_import().value();
  for (std::size_t begin = 0; begin < events.size(); begin += batch) {
    const std::size_t count = std::min(batch, events.size() - begin);
    LIMN_CHECK(import.write({.events = events.subspan(begin, count)}));
  }
  return import.commit().value();
}

void bench_import(benchmark::State& state) {
  const std::vector<Event> events = shop_events(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    state.PauseTiming();
    auto folder = std::make_unique<TemporaryFolder>();
    auto store = std::make_unique<Store>(Store::create(folder->path()).value());
    state.ResumeTiming();
    if (import_all(*store, events).events.added != events.size())
      state.SkipWithError("lost events");
    state.PauseTiming();
    store.reset();
    folder.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(bench_import)->ArgName("events")->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void bench_read_events(benchmark::State& state) {
  const std::vector<Event> events = shop_events(static_cast<std::size_t>(state.range(0)));
  const TemporaryFolder folder;
  Store store = Store::create(folder.path()).value();
  import_all(store, events);
  for (auto _ : state) {
    const EventTable table = store.read_events().value();
    if (table.size() != events.size()) state.SkipWithError("lost events");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(bench_read_events)
    ->ArgName("events")
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

void bench_history(benchmark::State& state) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path()).value();
  import_all(store, shop_events(200'000));
  UserIndex user = 0;
  std::size_t rows = 0;
  for (auto _ : state) rows += store.history(user++ % 10'000)->size();
  state.counters["rows"] =
      benchmark::Counter(static_cast<double>(rows), benchmark::Counter::kAvgIterations);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(bench_history);

// Durable appends of many threads at once: events a second of wall time.
void bench_append(benchmark::State& state) {
  static std::unique_ptr<TemporaryFolder> folder;
  static std::optional<Store> store;
  if (state.thread_index() == 0) {
    folder = std::make_unique<TemporaryFolder>();
    store.emplace(Store::create(folder->path()).value());
  }
  std::int64_t i = 0;
  for (auto _ : state) {
    store
        ->append({.user = fmt::format("user-{}", state.thread_index()),
                  .item = fmt::format("item-{}", i % 100),
                  .kind = "view",
                  .time = at_second(i)})
        .value();
    i += 1;
  }
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() == 0) {
    store.reset();
    folder.reset();
  }
}
BENCHMARK(bench_append)->Threads(1)->Threads(16)->Threads(64)->UseRealTime();

void bench_open_generation(benchmark::State& state) {
  const TemporaryFolder folder;
  const Matrix matrix(static_cast<std::size_t>(state.range(0)), 384);
  GenerationWriter writer = GenerationWriter::begin(folder.path()).value();
  LIMN_CHECK(writer.add("vectors", matrix.view()));
  LIMN_CHECK(writer.commit({}));
  std::size_t bytes = 0;
  for (auto _ : state) bytes += Generation::open_current(folder.path())->bytes();
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(bench_open_generation)->ArgName("rows")->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace limn
