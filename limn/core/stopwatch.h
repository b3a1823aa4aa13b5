// Stopwatch: seconds of wall time since it was made; ProcessorWatch: of all the program's threads.
#pragma once

#include <chrono>
#include <ctime>

namespace limn {

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// On a machine that others use too, what an algorithm costs.
class ProcessorWatch {
 public:
  [[nodiscard]] double seconds() const {
    return static_cast<double>(std::clock() - start_) / CLOCKS_PER_SEC;
  }

 private:
  std::clock_t start_ = std::clock();
};

}  // namespace limn
