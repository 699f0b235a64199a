#include "host/supervisor/memory_watch.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>

namespace host::supervisor {
namespace {

constexpr std::int64_t kStackBytes = std::int64_t{8} << 20;
constexpr std::int64_t kNoticeableGrowth = std::int64_t{1} << 20;

// The second number of /proc/<pid>/statm, in bytes.
std::int64_t resident_bytes(int statm) {
  std::array<char, 128> text;
  const ssize_t n = ::pread(statm, text.data(), text.size(), 0);
  if (n <= 0)
    return 0;
  std::string_view rest(text.data(), static_cast<std::size_t>(n));
  rest.remove_prefix(std::min(rest.find(' ') + 1, rest.size()));
  std::int64_t pages = 0;
  std::from_chars(rest.data(), rest.data() + rest.size(), pages);
  static const std::int64_t page_bytes = ::sysconf(_SC_PAGESIZE);
  return pages * page_bytes;
}

} // namespace

MemoryWatch::MemoryWatch(pid_t pid, std::int64_t max_bytes)
    : pid_(pid), max_bytes_(max_bytes),
      statm_(::open(("/proc/" + std::to_string(pid) + "/statm").c_str(), O_RDONLY | O_CLOEXEC)) {}

std::optional<std::int64_t> MemoryWatch::look(TimePoint now) {
  if (now < next_ || max_bytes_ <= 0 || !statm_)
    return std::nullopt;
  const std::int64_t resident = resident_bytes(statm_.get());
  next_ = now + interval_after(resident);
  if (resident == 0)
    return std::nullopt;
  return resident;
}

Duration MemoryWatch::interval_after(std::int64_t resident) {
  const bool grown = resident - last_resident_ >= kNoticeableGrowth;
  last_resident_ = resident;
  if (grown || resident > max_bytes_ / 2)
    interval_ = kOften;
  else
    interval_ = std::min(interval_ * 2, kRarely);
  return interval_;
}

std::int64_t MemoryWatch::data_limit(std::int64_t max_bytes, std::int32_t threads) {
  return max_bytes <= 0 ? 0 : max_bytes + threads * kStackBytes;
}

void MemoryWatch::allow_threads(std::int32_t threads) {
  const std::int64_t bytes = data_limit(max_bytes_, threads);
  rlimit limit{};
  if (bytes <= 0 || ::prlimit(pid_, RLIMIT_DATA, nullptr, &limit) != 0 ||
      limit.rlim_cur == RLIM_INFINITY)
    return;
  limit.rlim_cur = std::min(static_cast<rlim_t>(bytes), limit.rlim_max);
  ::prlimit(pid_, RLIMIT_DATA, &limit, nullptr);
}

} // namespace host::supervisor
