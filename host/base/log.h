#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace host::log {

// Connect's level names (contract 2.4); a larger number is more severe.
enum class Level : std::uint8_t { Trace = 1, Debug, Info, Warn, Error, Fatal, Off };

std::string_view name_of(Level level);
// Any case; `ALL` is Trace. Empty for an unknown name.
std::optional<Level> level_of(std::string_view name);

// One event. The views live for the length of the sink call.
struct Event {
  std::int64_t wall_ms;
  Level level;
  std::string_view logger;  // room or plugin: `sluice.herder`
  std::string_view context; // Connect's MDC text: `[c|task-0] `, `[c|worker] ` or empty
  std::string_view message;
};

// Where events go. Called from any thread, one call at a time; must not log and must not throw.
using Sink = std::function<void(const Event &)>;
void set_sink(Sink sink);
// Hands an event that another process logged to the sink.
void forward(const Event &event);

enum class Format : std::uint8_t { Text = 1, Json };
// A sink that writes one line an event to a descriptor, line breaks in messages escaped in JSON and
// indented in text. Given to set_sink by the mains.
Sink line_sink(int fd, Format format);

// Sets every logger whose name starts with `prefix` (empty: all of them, also later ones) and
// returns the names that changed, sorted.
std::vector<std::string> set_level(std::string_view prefix, Level level);
// All loggers that exist, by name.
std::map<std::string, Level> levels();

// A named source of events; constant-initialised at namespace scope: `const log::Logger kLog{"…"}`.
// The check of a disabled level is one relaxed load.
class Logger {
public:
  explicit Logger(std::string_view name);

  bool enabled(Level level) const;
  void write(Level level, std::string_view message) const;

  template <class... Args> void trace(fmt::format_string<Args...> f, Args &&...args) const {
    log(Level::Trace, f, std::forward<Args>(args)...);
  }
  template <class... Args> void debug(fmt::format_string<Args...> f, Args &&...args) const {
    log(Level::Debug, f, std::forward<Args>(args)...);
  }
  template <class... Args> void info(fmt::format_string<Args...> f, Args &&...args) const {
    log(Level::Info, f, std::forward<Args>(args)...);
  }
  template <class... Args> void warn(fmt::format_string<Args...> f, Args &&...args) const {
    log(Level::Warn, f, std::forward<Args>(args)...);
  }
  template <class... Args> void error(fmt::format_string<Args...> f, Args &&...args) const {
    log(Level::Error, f, std::forward<Args>(args)...);
  }

private:
  template <class... Args>
  void log(Level level, fmt::format_string<Args...> f, Args &&...args) const {
    if (enabled(level))
      write(level, fmt::format(f, std::forward<Args>(args)...));
  }

  struct State;
  State *state_; // lives until process exit
};

// Sets the context text of events of this thread for a scope.
class ScopedContext {
public:
  explicit ScopedContext(std::string context);
  ~ScopedContext();
  ScopedContext(const ScopedContext &) = delete;
  ScopedContext &operator=(const ScopedContext &) = delete;

private:
  std::string previous_;
};

std::string task_context(std::string_view connector, std::int32_t task);
std::string connector_context(std::string_view connector);

} // namespace host::log
