#include "tests/unit/runner/fixture.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "host/base/redactor.h"
#include "host/runner/in_process.h"
#include "host/runner/process.h"

namespace host::runner {

RunnerTest::Beginning RunnerTest::begin_in(Where where, const link::HostPage &page) {
  if (where == Where::ThisProcess) {
    auto ends = link::memory_channels();
    return {0, std::move(ends.first), std::move(ends.second), {}};
  }
  auto ends = link::socket_pair().value();
  auto logs = link::make_log_pipe().value();
  UniqueFd runners_page = page.dup_fd().value();
  const pid_t pid = ::fork();
  if (pid == 0) {
    ends.first.reset(); // or the runner would keep its own link open
    logs.read.reset();
    ::_exit(runner_main({ends.second.release(), logs.write.release(), runners_page.release()}));
  }
  return {pid, link::socket_channel(std::move(ends.first)), nullptr, std::move(logs.read)};
}

RunnerTest::RunnerTest() {
  if (beginning_.far) {
    log::set_sink(
        redacted([this](const log::Event &event) { note_log(event.message); }, process_redactor()));
    in_process_ = start_in_process(std::move(beginning_.far), page_.dup_fd().value()).value();
    return;
  }
  loop_.call([&] {
    log_reader_.emplace(loop_.loop, std::move(beginning_.logs),
                        [this](const link::LogLine &line) { note_log(line.message); });
  });
}

RunnerTest::~RunnerTest() {
  hang_up();
  if (beginning_.pid != 0 || in_process_)
    end_of_runner();
  loop_.call([&] { log_reader_.reset(); });
  log::set_sink(nullptr);
}

std::string RunnerTest::plugin_path() {
  const char *path = std::getenv("SLUICE_TEST_PLUGIN");
  return path == nullptr ? "" : path;
}

void RunnerTest::note_log(std::string_view message) {
  constexpr std::string_view kPrefix = "obliging: ";
  if (message.starts_with(kPrefix))
    logs_.add(std::string(message.substr(kPrefix.size())));
}

void RunnerTest::open() {
  listen(nullptr);
  hello_.wait_for(1);
}

void RunnerTest::open_and_refuse(const Error &error) { listen(&error); }

void RunnerTest::listen(const Error *refusal) {
  loop_.call([&] {
    peer_.emplace(loop_.loop, std::move(beginning_.near));
    peer_->on<link::Hello>([this, refusal = refusal ? std::optional(*refusal) : std::nullopt](
                               const link::Hello &hello, link::Responder<link::Welcome> responder) {
      refusal ? responder.fail(*refusal) : responder.reply(welcome_);
      hello_.add(hello.build_id + " " + std::to_string(hello.pid));
    });
    peer_->on<link::Status>([this](const link::Status &status) {
      told_.add(std::to_string(status.task.number) + " " + std::string(name_of(status.state)) +
                (status.trace.empty() ? "" : " " + status.trace));
    });
    peer_->on<link::ConnectorFailed>(
        [this](const link::ConnectorFailed &failed) { told_.add("raised " + failed.trace); });
    peer_->on<link::RequestReconfigure>(
        [this](const link::RequestReconfigure &) { told_.add("reconfigure"); });
    peer_->on<link::ReadOffsets>(
        [this](link::ReadOffsets read, link::Responder<link::OffsetsRead> responder) {
          told_.add("read " + read.keys.at(0));
          if (on_read_)
            on_read_(std::move(read), std::move(responder));
        });
    peer_->open([this](const Error &reason) { told_.add("closed: " + reason.message()); });
  });
}

link::StartConnector RunnerTest::connector(StringMap config, TargetState target) const {
  return {"c", Incarnation{5}, plugin_path(), kClass, std::move(config), {}, target};
}

link::StartTask RunnerTest::task(std::int32_t number, StringMap config, TargetState target) const {
  config.set("task.class", "test.ObligingTask");
  const StringMap connector_config{
      {"name", "c"},
      {"connector.class", kClass},
      {"key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter"},
      {"value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter"}};
  return {{"c", number},
          Incarnation{7},
          static_cast<std::uint32_t>(number) + 1,
          plugin_path(),
          kClass,
          connector_config,
          std::move(config),
          {},
          target};
}

void RunnerTest::hang_up() {
  loop_.call([&] {
    peer_.reset();
    beginning_.near.reset();
  });
}

int RunnerTest::end_of_runner() {
  if (beginning_.pid != 0) {
    int status = 0;
    EXPECT_GT(::waitpid(std::exchange(beginning_.pid, 0), &status, 0), 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }
  const auto runner = std::move(in_process_);
  EXPECT_TRUE(runner->wait_ended(SystemClock().now() + std::chrono::seconds(10)));
  return 0;
}

} // namespace host::runner
