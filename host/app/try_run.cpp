#include "host/app/try_run.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "host/app/try_print.h"
#include "host/base/files.h"
#include "host/config/properties.h"
#include "host/json/parse.h"

namespace host::app::dry_run {
namespace {

constexpr std::size_t kFlushBytes = 64 * 1024;

Error unreadable(const std::string &path) {
  return {Code::Io, fmt::format("{}: cannot be read: {}", path, std::strerror(errno))};
}

// Like the files of `apply`, but what is not said there has a default, the name too.
Result<Config> read_config_file(const std::string &path) {
  const auto bytes = read_file(path);
  if (!bytes)
    return fail(Code::Io, fmt::format("{}: cannot be read: {}", path, bytes.error().message()));
  if (!path.ends_with(".json")) {
    HOST_ASSIGN(const config::Properties properties, config::parse_properties(*bytes, path));
    return Config{properties.map(), {}};
  }
  json::Fault fault;
  const auto document = json::parse(*bytes, json::Trailing::Refuse, &fault);
  if (!document)
    return fail(Code::Config,
                fmt::format("{}:{}:{}: {}", path, fault.line, fault.column, fault.message));
  const json::Value *inner = document->find("config");
  auto config = read_config(inner != nullptr && inner->is_object() ? *inner : *document);
  if (!config)
    return std::move(config).error().context(path);
  return config;
}

// What its configuration tells a connector's kind by.
transform::Direction guess_direction(const StringMap &config) {
  if (config.contains("topics") || config.contains("topics.regex"))
    return transform::Direction::Sink;
  const std::string name = config.get("connector.class");
  const bool source =
      name.ends_with("Source") || name.ends_with("SourceConnector") || config.contains("topic");
  return source ? transform::Direction::Source : transform::Direction::Sink;
}

// The topic of records that name none.
std::string default_topic(const StringMap &config) {
  const std::string topics = config.get("topics", config.get("topic", "try"));
  return topics.substr(0, topics.find(','));
}

struct Counts {
  std::size_t out = 0;
  std::size_t left_out = 0;
  std::size_t failed = 0;
};

// Runs the lines of --input through one connector.
class RecordRunner {
public:
  RecordRunner(const cli::TryOptions &options, cli::Screen &screen, Pipeline pipeline,
               std::string topic, const Redactor &hidden)
      : screen_(screen), hidden_(hidden), pipeline_(std::move(pipeline)), topic_(std::move(topic)),
        trace_(!options.trace  ? Trace::Form::None
               : screen.documents() ? Trace::Form::Json
                               : Trace::Form::Text,
               hidden),
        traced_(options.trace) {}

  void run(std::string_view line, std::size_t number, std::string &out) {
    trace_.clear();
    Outcome outcome;
    auto record = parse(line);
    if (record)
      outcome = pipeline_.run(*record, &trace_);
    else
      outcome.failure.emplace(not_a_record(number, record.error()));
    if (!hidden_.empty()) {
      outcome = concealed(std::move(outcome), hidden_);
      if (record)
        record = concealed(*record, hidden_);
    }
    const bool failed = outcome.failure && !outcome.tolerated;
    ++(failed ? counts_.failed : outcome.record ? counts_.out : counts_.left_out);
    if (screen_.documents())
      print_document(json::Value(number), outcome, out);
    else if (record)
      out +=
          before(number, *record) + trace_.steps() + after(*record, outcome, trace_.filtered_by());
    else
      out += fmt::format("record {}\n{}", number, after({}, outcome, {}));
  }

  int finish() {
    if (!screen_.documents())
      screen_.write(fmt::format("{} came out, {} left out, {} failed\n", counts_.out,
                                counts_.left_out, counts_.failed));
    return counts_.failed == 0 ? cli::kExitDone : cli::kExitRefused;
  }

private:
  static Failure not_a_record(std::size_t number, const Error &error) {
    return {Stage::ConvertIn,
            Error(Code::BadRequest, "java.lang.IllegalArgumentException",
                  fmt::format("line {} is no record: {}", number, error.message())),
            {},
            {}};
  }

  // A line of the machine form; under --trace with the steps.
  void print_document(const json::Value &id, const Outcome &outcome, std::string &out) {
    append_line(out, id, outcome);
    if (traced_) {
      out.pop_back();
      out.append(",\"steps\":").append(trace_.steps()).append("}");
    }
    out += '\n';
  }

  Result<RawRecord> parse(std::string_view line) {
    HOST_ASSIGN(json::Value document, json::parse(line));
    if (document.is_object() && !document.contains("topic"))
      document.set("topic", topic_);
    return read_record(document, Bytes::Loose);
  }

  cli::Screen &screen_;
  const Redactor &hidden_;
  Pipeline pipeline_;
  std::string topic_;
  Trace trace_;
  bool traced_;
  Counts counts_;
};

// Gives every line that is not blank to `each(line, number, out)`.
template <class Each>
Status for_each_line(const std::string &path, cli::Screen &screen, const Each &each) {
  HOST_ASSIGN(Lines lines, Lines::open(path));
  std::string out;
  const auto flush = [&] {
    screen.write(out);
    screen.flush();
    out.clear();
  };
  for (std::size_t number = 1;; ++number) {
    HOST_ASSIGN(const auto line, lines.next(flush));
    if (!line)
      break;
    if (line->find_first_not_of(" \t\r") == std::string_view::npos)
      continue;
    each(*line, number, out);
    if (out.size() >= kFlushBytes)
      flush();
  }
  flush();
  return {};
}

Result<WorkerSide> worker_side(const cli::TryOptions &options) {
  return options.worker_config.empty() ? WorkerSide() : WorkerSide::read(options.worker_config);
}

Result<int> run_cases(const cli::TryOptions &options, cli::Screen &screen) {
  HOST_ASSIGN(WorkerSide worker, worker_side(options));
  CaseRunner runner(std::move(worker));
  HOST_TRY(for_each_line(options.cases, screen,
                         [&](std::string_view line, std::size_t number, std::string &out) {
                           runner.run(line, number, out);
                         }));
  return cli::kExitDone;
}

// The connector's own fault, not a file's.
int refuse(const std::string &file, const Error &error, cli::Screen &screen) {
  if (screen.documents()) {
    std::string line;
    append_failure(line, json::Value(), Stage::Config, error);
    screen.write(line + "\n");
    return cli::kExitRefused;
  }
  return screen.complain(
      fmt::format("{}: {}: {}", file, simple_name(error.exception()), error.message()),
      cli::kExitRefused);
}

Result<int> run_records(const cli::TryOptions &options, cli::Screen &screen) {
  HOST_ASSIGN(const WorkerSide worker, worker_side(options));
  HOST_ASSIGN(const Config given, read_config_file(options.config));
  Redactor hidden;
  const auto config = worker.complete(given, hidden);
  if (!config)
    return refuse(options.config, config.error(), screen);
  transform::Direction direction = guess_direction(config->entries);
  if (!options.direction.empty())
    direction =
        options.direction == "sink" ? transform::Direction::Sink : transform::Direction::Source;
  auto pipeline = Pipeline::start(*config, direction);
  if (!pipeline)
    return refuse(options.config, concealed(pipeline.error(), hidden), screen);
  RecordRunner runner(options, screen, *std::move(pipeline), default_topic(config->entries),
                      hidden);
  HOST_TRY(for_each_line(options.input, screen,
                         [&](std::string_view line, std::size_t number, std::string &out) {
                           runner.run(line, number, out);
                         }));
  return runner.finish();
}

} // namespace

Result<Lines> Lines::open(const std::string &path) {
  if (path == "-")
    return Lines(UniqueFd(), STDIN_FILENO);
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file)
    return unreadable(path);
  const int fd = file.get();
  return Lines(std::move(file), fd);
}

Result<std::optional<std::string_view>> Lines::next(const std::function<void()> &before_wait) {
  std::size_t searched = begin_;
  for (;;) {
    if (const std::size_t end = buffer_.find('\n', searched); end != std::string::npos) {
      const std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
      begin_ = end + 1;
      return std::optional(line);
    }
    if (ended_) {
      if (begin_ == buffer_.size())
        return std::optional<std::string_view>();
      return std::optional(std::string_view(buffer_).substr(std::exchange(begin_, buffer_.size())));
    }
    buffer_.erase(0, std::exchange(begin_, 0));
    searched = buffer_.size();
    before_wait();
    buffer_.resize(searched + kFlushBytes);
    ssize_t count = 0;
    do
      count = ::read(fd_, buffer_.data() + searched, kFlushBytes);
    while (count < 0 && errno == EINTR);
    if (count < 0)
      return unreadable("the input");
    buffer_.resize(searched + static_cast<std::size_t>(count));
    ended_ = count == 0;
  }
}

int run_try(const cli::TryOptions &options, cli::Screen &screen) {
  const Result<int> done =
      options.cases.empty() ? run_records(options, screen) : run_cases(options, screen);
  return done ? *done : screen.complain(done.error().message(), cli::kExitUsage);
}

} // namespace host::app::dry_run
