#include "host/base/log.h"

#include <unistd.h>

#include <atomic>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <memory>
#include <mutex>
#include <utility>

#include "host/base/utf8.h"

namespace host::log {
namespace {

constexpr std::string_view kNames[] = {"",     "TRACE", "DEBUG", "INFO",
                                       "WARN", "ERROR", "FATAL", "OFF"};

thread_local std::string t_context;

} // namespace

struct Logger::State {
  std::string name;
  std::atomic<Level> level;
};

namespace {

// The loggers and the sink of the process. Leaked, so that logging works during static destruction.
class Registry {
public:
  static Registry &instance() {
    static auto *registry = new Registry;
    return *registry;
  }

  template <class State> State *find_or_add(std::string_view name) {
    std::lock_guard lock(mutex_);
    for (const auto &[known, state] : states_)
      if (known == name)
        return static_cast<State *>(state.get());
    auto state = std::make_shared<State>();
    state->name = name;
    state->level.store(level_for(name), std::memory_order_relaxed);
    levels_.emplace(name, &state->level);
    State *raw = state.get();
    states_.emplace(name, std::move(state));
    return raw;
  }

  std::vector<std::string> set_level(std::string_view prefix, Level level) {
    std::lock_guard lock(mutex_);
    defaults_.insert_or_assign(std::string(prefix), level);
    std::vector<std::string> changed;
    for (auto &[name, current] : levels_)
      if (std::string_view(name).starts_with(prefix) &&
          current->exchange(level, std::memory_order_relaxed) != level)
        changed.push_back(name);
    return changed;
  }

  std::map<std::string, Level> levels() {
    std::lock_guard lock(mutex_);
    std::map<std::string, Level> result;
    for (const auto &[name, level] : levels_)
      result.emplace(name, level->load(std::memory_order_relaxed));
    return result;
  }

  void set_sink(Sink sink) {
    std::lock_guard lock(sink_mutex_);
    sink_ = std::move(sink);
  }

  void emit(const Event &event) {
    std::lock_guard lock(sink_mutex_);
    if (sink_)
      sink_(event);
  }

private:
  Level level_for(std::string_view name) const {
    Level level = Level::Info;
    std::size_t longest = 0;
    for (const auto &[prefix, value] : defaults_)
      if (name.starts_with(prefix) && prefix.size() >= longest) {
        level = value;
        longest = prefix.size();
      }
    return level;
  }

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<void>> states_;
  std::map<std::string, std::atomic<Level> *> levels_;
  std::map<std::string, Level> defaults_;
  std::mutex sink_mutex_;
  Sink sink_ = line_sink(STDERR_FILENO, Format::Text);
};

// What plugins and clients say may be no text at all; a line is one all the same.
void append_json(std::string &out, std::string_view text) {
  std::string repaired;
  if (!utf8::valid(text)) {
    utf8::append_repaired(repaired, text);
    text = repaired;
  }
  out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (c == '\n')
      out += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    else
      out += c;
  }
  out += '"';
}

std::string utc(std::int64_t wall_ms) {
  const std::time_t seconds = wall_ms / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  return fmt::format("{}.{:03}Z", text, wall_ms % 1000);
}

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
}

std::string text_line(const Event &event) {
  std::string line = fmt::format("{} {:<5} {}{}: ", utc(event.wall_ms), name_of(event.level),
                                 event.context, event.logger);
  for (char c : event.message) {
    // Nobody's message moves a terminal's cursor.
    if (is_control(c))
      line += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    else
      line += c;
    if (c == '\n')
      line += "  ";
  }
  while (!line.empty() && (line.back() == ' ' || line.back() == '\n'))
    line.pop_back();
  line += '\n';
  return line;
}

// `[c|task-0] ` becomes `"connector":"c","task":0`; a connector name may itself contain `|`.
void append_context(std::string &out, std::string_view context) {
  const auto bar = context.rfind('|');
  if (context.size() < 4 || bar == std::string_view::npos)
    return;
  out += ",\"connector\":";
  append_json(out, context.substr(1, bar - 1));
  const std::string_view scope = context.substr(bar + 1, context.size() - bar - 3);
  if (scope.starts_with("task-"))
    (out += ",\"task\":") += scope.substr(5);
}

std::string json_line(const Event &event) {
  std::string line = fmt::format(
      "{{\"time\":\"{}\",\"level\":\"{}\",\"logger\":", utc(event.wall_ms), name_of(event.level));
  append_json(line, event.logger);
  append_context(line, event.context);
  line += ",\"message\":";
  append_json(line, event.message);
  line += "}\n";
  return line;
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return; // A log that cannot be written is lost; there is no better place to say so.
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

} // namespace

std::string_view name_of(Level level) { return kNames[static_cast<std::size_t>(level)]; }

std::optional<Level> level_of(std::string_view name) {
  std::string upper;
  for (char c : name)
    upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (upper == "ALL")
    return Level::Trace;
  for (std::size_t i = 1; i < std::size(kNames); ++i)
    if (upper == kNames[i])
      return static_cast<Level>(i);
  return std::nullopt;
}

void set_sink(Sink sink) { Registry::instance().set_sink(std::move(sink)); }

void forward(const Event &event) { Registry::instance().emit(event); }

Sink line_sink(int fd, Format format) {
  return [fd, format](const Event &event) {
    write_all(fd, format == Format::Json ? json_line(event) : text_line(event));
  };
}

std::vector<std::string> set_level(std::string_view prefix, Level level) {
  return Registry::instance().set_level(prefix, level);
}

std::map<std::string, Level> levels() { return Registry::instance().levels(); }

Logger::Logger(std::string_view name) : state_(Registry::instance().find_or_add<State>(name)) {}

bool Logger::enabled(Level level) const {
  return level >= state_->level.load(std::memory_order_relaxed);
}

void Logger::write(Level level, std::string_view message) const {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  Registry::instance().emit({std::chrono::duration_cast<std::chrono::milliseconds>(now).count(),
                             level, state_->name, t_context, message});
}

ScopedContext::ScopedContext(std::string context)
    : previous_(std::exchange(t_context, std::move(context))) {}
ScopedContext::~ScopedContext() { t_context = std::move(previous_); }

std::string task_context(std::string_view connector, std::int32_t task) {
  return fmt::format("[{}|task-{}] ", connector, task);
}
std::string connector_context(std::string_view connector) {
  return fmt::format("[{}|worker] ", connector);
}

} // namespace host::log
