#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <string>

#include "sluice/testing.hpp"
#include "temp_dir.h"

// What waits in a file when its source starts costs time for its bytes, and no memory.
namespace {

using namespace std::chrono_literals;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kBacklog = 128 << 20; // and its memory is the sanitizer's
constexpr bool kCountsMemory = false;
#else
constexpr std::size_t kBacklog = 1 << 30;
constexpr bool kCountsMemory = true;
#endif
constexpr std::size_t kLine = 512; // with its end
constexpr std::size_t kQuarters = 4;
constexpr std::size_t kMemory = 16 << 20;

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * 4096;
}

void write_backlog(const std::string &path) {
  std::string piece;
  for (std::size_t i = 0; i < (1 << 20) / kLine; ++i)
    piece += std::string(kLine - 1, static_cast<char>('a' + i % 26)) + '\n';
  std::ofstream file(path, std::ios::binary);
  for (std::size_t written = 0; written < kBacklog; written += piece.size())
    file << piece;
}

TEST(FileSourceBacklog, IsReadInLinearTimeAndConstantMemory) {
  TempDir dir;
  const std::string path = dir / "backlog";
  write_backlog(path);
  sluice::testing::fake_host host;
  sluice::testing::source_run run(host, sluice::testing::load(TEST_BUILD_DIR "/plugins/file.so"),
                                  "org.apache.kafka.connect.file.FileStreamSourceConnector");
  run.start({{"file", path}, {"topic", "lines"}});

  std::size_t bytes = 0, most_memory = 0;
  const std::size_t memory_before = resident_bytes();
  std::array<double, kQuarters> took{};
  for (std::size_t quarter = 0; quarter < kQuarters; ++quarter) {
    const double began = cpu_seconds();
    while (bytes < kBacklog / kQuarters * (quarter + 1)) {
      const auto records = run.poll(1s);
      ASSERT_FALSE(records.empty()) << "after " << bytes << " bytes";
      for (const auto &record : records)
        bytes += record.value.value().size() + 1;
      most_memory = std::max(most_memory, resident_bytes());
    }
    took[quarter] = cpu_seconds() - began;
  }
  EXPECT_EQ(bytes, kBacklog);
  EXPECT_TRUE(run.poll(0ms).empty());
  // Quadratic reading would make the last quarter seven times as dear as the first.
  EXPECT_LT(took.back(), 3 * *std::min_element(took.begin(), took.end()) + 0.2);
  if (kCountsMemory) {
    EXPECT_LT(most_memory, memory_before + kMemory);
  }
}

} // namespace
