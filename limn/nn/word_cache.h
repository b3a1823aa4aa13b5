// WordCache: the token ids of words that were cut before.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace limn {

// The bytes of a word of at most sixteen, none of them 0, and zeros after them.
struct WordKey {
  std::uint64_t front = 0;
  std::uint64_t back = 0;

  friend bool operator==(const WordKey&, const WordKey&) = default;
};

// Each word has one place, which the last one keeps: a look is two loads, and the memory is bounded
// whatever the text is. No answer depends on what is remembered.
class WordCache {
 public:
  static constexpr std::size_t most_ids = 3;

  struct Entry {
    WordKey key;  // of no byte: none
    std::uint32_t ids[most_ids] = {};
    std::uint32_t count = 0;
  };

  // The place of a word, whether it stands there or not.
  [[nodiscard]] Entry& place(const WordKey& key) {
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;  // 2^64 / the golden ratio
    constexpr std::uint64_t other_odd = 0xC2B2AE3D27D4EB4F;
    const std::uint64_t mixed = (key.front ^ key.back * other_odd) * odd;
    return entries_[mixed >> (64 - entry_bits)];
  }

  // Remembers the ids of a word, if they are few enough; returns whether they are.
  static bool put(Entry& entry, const WordKey& key, std::span<const std::uint32_t> ids) {
    if (ids.size() > most_ids) return false;
    entry.key = key;
    entry.count = static_cast<std::uint32_t>(ids.size());
    std::copy(ids.begin(), ids.end(), entry.ids);
    return true;
  }

 private:
  // Of the words of 2,000 Stack Exchange posts 98 in 100 were remembered; half as many entries
  // remember 97, twice as many 99, and half a megabyte is a quarter of a core's second cache.
  static constexpr int entry_bits = 14;

  std::vector<Entry> entries_ = std::vector<Entry>(std::size_t{1} << entry_bits);
};

// Lends each thread the cache that it had before, as long as no other thread has it.
template <typename Memory>
class PerThread {
 public:
  class Loan {
   public:
    explicit Loan(PerThread& lender) : slot_(lender.slots_[thread_number() % slots]) {
      taken_ = !slot_.busy.exchange(true, std::memory_order_acquire);
      if (!taken_) {
        memory_ = std::make_unique<Memory>();
      } else if (!slot_.memory) {
        slot_.memory = std::make_unique<Memory>();
      }
    }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() {
      if (taken_) slot_.busy.store(false, std::memory_order_release);
    }

    [[nodiscard]] Memory& operator*() { return taken_ ? *slot_.memory : *memory_; }

   private:
    typename PerThread::Slot& slot_;
    bool taken_ = false;
    std::unique_ptr<Memory> memory_;  // where another thread has the slot's
  };

 private:
  static constexpr std::size_t slots = 64;  // threads beyond share

  struct alignas(64) Slot {
    std::atomic<bool> busy = false;
    std::unique_ptr<Memory> memory;
  };

  static std::size_t thread_number() {
    static std::atomic<std::size_t> next = 0;
    thread_local const std::size_t own = next++;
    return own;
  }

  std::array<Slot, slots> slots_;
};

}  // namespace limn
