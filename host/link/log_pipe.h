#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/base/fd.h"
#include "host/base/log.h"
#include "host/link/pipe_reader.h"

namespace host::link {

// A runner's events on their way to the host: one JSON line each over a non-blocking pipe. A
// message is at most this long; what is longer is cut and says so.
inline constexpr std::size_t kMaxLogMessageBytes = std::size_t{16} << 10;

struct LogRate {
  std::uint32_t lines_per_second = 1000;
  std::uint32_t burst = 4000;
};

// Read end for the host and write end for the runner; both non-blocking and close-on-exec, 256 KiB
// where the system allows it.
struct LogPipe {
  UniqueFd read;
  UniqueFd write;
};
Result<LogPipe> make_log_pipe();

// The sink of a runner process. Never blocks: a line that is over the rate or finds no room in the
// pipe is dropped and counted in `dropped` (the shared page's); as soon as one fits again, it is
// preceded by one that says how many are missing. The descriptor, `dropped` and `clock` must
// outlive the sink.
log::Sink log_pipe_sink(int fd, std::atomic<std::uint64_t> &dropped, const Clock &clock,
                        LogRate rate = {});

// One line as the sink writes it, without its end; and back. Decoding treats its input as foreign.
struct LogLine {
  std::int64_t wall_ms = 0;
  log::Level level = log::Level::Info;
  std::string logger;
  std::string context;
  std::string message;
};
std::string encode(const log::Event &event);
Result<LogLine> decode_log_line(std::string_view text);

// Host side: reads a runner's lines at a bounded rate (a full pipe makes the runner drop, never
// wait) and hands them on. A line that is none is handed on too, as a warning that quotes its
// start.
class LogReader {
public:
  LogReader(IoLoop &loop, UniqueFd fd, std::function<void(LogLine)> on_line);

  // Takes what is still in the pipe of a runner that has ended.
  void drain();
  bool at_end() const { return reader_.at_end(); }

private:
  void take(std::string_view bytes);
  void line(std::string_view text);

  std::function<void(LogLine)> on_line_;
  std::string partial_;
  bool skipping_ = false; // the rest of a line that is too long
  PipeReader reader_;
};

} // namespace host::link
