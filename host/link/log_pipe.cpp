#include "host/link/log_pipe.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "host/json/parse.h"
#include "host/json/writer.h"

namespace host::link {
namespace {

constexpr int kPipeBytes = 256 << 10;
constexpr std::string_view kLogger = "sluice.link";
// Of a line on the wire: a message of nothing but escapes, and room for the rest.
constexpr std::size_t kMaxLineBytes = 8 * kMaxLogMessageBytes;
constexpr std::int64_t kLastWallMs = 253'402'300'799'999; // of the year 9999

// Lines that may pass now; refills with time.
class Allowance {
public:
  Allowance(LogRate rate, TimePoint now) : rate_(rate), tokens_(rate.burst), last_(now) {}

  bool take(TimePoint now) {
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    tokens_ = std::min<double>(rate_.burst, tokens_ + seconds * rate_.lines_per_second);
    if (tokens_ < 1)
      return false;
    tokens_ -= 1;
    return true;
  }

private:
  LogRate rate_;
  double tokens_;
  TimePoint last_;
};

class PipeSink {
public:
  PipeSink(int fd, std::atomic<std::uint64_t> &dropped, const Clock &clock, LogRate rate)
      : fd_(fd), dropped_(dropped), clock_(clock), allowance_(rate, clock.now()) {}

  void operator()(const log::Event &event) {
    if (allowance_.take(clock_.now()) && write_rest() && write(notice(event) + line(event))) {
      missing_ = 0;
      return;
    }
    ++missing_;
    dropped_.fetch_add(1, std::memory_order_relaxed);
  }

private:
  // In front of the first line that fits again, and only together with it.
  std::string notice(const log::Event &event) const {
    if (missing_ == 0)
      return {};
    const std::string text = fmt::format(
        "{} log lines of this runner were dropped: it logged faster than they were read", missing_);
    return encode(log::Event{event.wall_ms, log::Level::Warn, kLogger, {}, text}) + '\n';
  }

  std::string line(const log::Event &event) const {
    std::string text(event.message);
    if (text.size() > kMaxLogMessageBytes) {
      const std::size_t cut = text.size() - kMaxLogMessageBytes;
      text.resize(kMaxLogMessageBytes);
      text += fmt::format("… ({} bytes more)", cut);
    }
    return encode(log::Event{event.wall_ms, event.level, event.logger, event.context, text}) + '\n';
  }

  // True when the bytes are on their way, be it in part: what was begun must be finished.
  bool write(std::string bytes) {
    const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n <= 0)
      return false;
    rest_ = bytes.substr(static_cast<std::size_t>(n));
    return true;
  }

  // True when nothing of an earlier line is left.
  bool write_rest() {
    if (rest_.empty())
      return true;
    const ssize_t n = ::write(fd_, rest_.data(), rest_.size());
    if (n > 0)
      rest_.erase(0, static_cast<std::size_t>(n));
    return rest_.empty();
  }

  int fd_;
  std::atomic<std::uint64_t> &dropped_;
  const Clock &clock_;
  Allowance allowance_;
  std::string rest_;
  std::uint64_t missing_ = 0; // dropped and not yet said
};

} // namespace

Result<LogPipe> make_log_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
    return fail(Code::Io, fmt::format("no pipe for a runner's log: {} (raise the limit of open "
                                      "files, or end other programs)",
                                      std::strerror(errno)));
  LogPipe pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
  // Past the user's share of pipe memory the system keeps its default; then lines drop earlier.
  ::fcntl(pipe.write.get(), F_SETPIPE_SZ, kPipeBytes);
  return pipe;
}

log::Sink log_pipe_sink(int fd, std::atomic<std::uint64_t> &dropped, const Clock &clock,
                        LogRate rate) {
  auto sink = std::make_shared<PipeSink>(fd, dropped, clock, rate);
  return [sink](const log::Event &event) { (*sink)(event); };
}

std::string encode(const log::Event &event) {
  std::string text;
  json::Writer(text)
      .begin_object()
      .field("t", event.wall_ms)
      .field("l", log::name_of(event.level))
      .field("n", event.logger)
      .field("c", event.context)
      .field("m", event.message)
      .end_object();
  return text;
}

Result<LogLine> decode_log_line(std::string_view text) {
  HOST_ASSIGN(const json::Value value, json::parse(text));
  LogLine line;
  HOST_ASSIGN(line.wall_ms, value.integer_of("t"));
  HOST_ASSIGN(const std::string level, value.string_of("l"));
  HOST_ASSIGN(line.logger, value.string_of("n"));
  HOST_ASSIGN(line.context, value.string_of("c"));
  HOST_ASSIGN(line.message, value.string_of("m"));
  const auto known = log::level_of(level);
  if (!known || *known == log::Level::Off)
    return fail(Code::Data, fmt::format("l: '{}' is no level", level.substr(0, 40)));
  if (line.wall_ms < 0 || line.wall_ms > kLastWallMs)
    return fail(Code::Data, fmt::format("t: {} is no time", line.wall_ms));
  line.level = *known;
  return line;
}

LogReader::LogReader(IoLoop &loop, UniqueFd fd, std::function<void(LogLine)> on_line)
    : on_line_(std::move(on_line)),
      reader_(loop, std::move(fd), [this](std::string_view bytes) { take(bytes); }) {}

void LogReader::drain() { reader_.drain(); }

void LogReader::take(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    if (!skipping_)
      partial_ += bytes.substr(0, end);
    if (end == std::string_view::npos) {
      if (partial_.size() > kMaxLineBytes) {
        line(partial_);
        partial_ = std::string();
        skipping_ = true;
      }
      return;
    }
    if (!std::exchange(skipping_, false))
      line(partial_);
    partial_.clear();
    bytes.remove_prefix(end + 1);
  }
}

void LogReader::line(std::string_view text) {
  if (Result<LogLine> decoded = decode_log_line(text)) {
    on_line_(std::move(*decoded));
    return;
  }
  LogLine warning;
  warning.wall_ms = SystemClock().wall_ms();
  warning.level = log::Level::Warn;
  warning.logger = kLogger;
  warning.message =
      fmt::format("a runner wrote to its log pipe what is no log line: {}", text.substr(0, 200));
  on_line_(std::move(warning));
}

} // namespace host::link
