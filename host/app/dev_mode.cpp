#include "host/app/dev_mode.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "host/base/thread.h"
#include "host/kafka/client_config.h"
#include "host/kafka/mock_cluster.h"

namespace host::app {
namespace {

constexpr std::string_view kBrokerArgument = "--sluice-dev-broker";
// The child's descriptors: requests to end arrive as end of file on the first.
constexpr int kLifeFd = 3;
constexpr int kAddressFd = 4;

// Reads up to the line break; empty if the writer ended first.
std::string read_line(int fd) {
  std::string line;
  for (char c = 0; ::read(fd, &c, 1) == 1;) {
    if (c == '\n')
      return line;
    line += c;
  }
  return {};
}

[[noreturn]] void serve_broker(const std::vector<std::string> &topics) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGINT, SIG_IGN); // Ctrl-C reaches the whole group; the parent says when to end
  name_this_thread("sluice-broker");
  auto cluster = kafka::MockCluster::create();
  if (!cluster)
    ::_exit(1);
  for (const std::string &topic : topics) {
    const auto colon = topic.rfind(':');
    const Status made =
        (*cluster)->create_topic(topic.substr(0, colon), std::atoi(topic.c_str() + colon + 1));
    if (!made)
      ::_exit(1);
  }
  const std::string line = (*cluster)->bootstrap() + "\n";
  if (::write(kAddressFd, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
    ::_exit(1);
  ::close(kAddressFd);
  char c = 0;
  while (::read(kLifeFd, &c, 1) < 0 && errno == EINTR) {
  }
  ::_exit(0); // the cluster's memory goes with the process
}

struct Pipe {
  UniqueFd in;
  UniqueFd out;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail(Code::Io, fmt::format("pipe: {}", std::strerror(errno)));
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

struct Refusal {
  std::string_view prefix;
  std::string_view reason;
  std::string_view good = {}; // a value that is what it is anyway
};
constexpr std::array<Refusal, 10> kRefusals = {{
    {"config.storage.",
     "the in-memory broker compacts nothing and forgets; a worker in dev mode is "
     "one of its own"},
    {"topic.creation.", "the in-memory broker creates topics by itself, with four partitions; use "
                        "--dev-topic for others"},
    {"offset.storage.topic", "the in-memory broker compacts nothing and forgets; offsets go to a "
                             "file"},
    {"offset.storage.partitions", "offsets go to a file"},
    {"offset.storage.replication.factor", "offsets go to a file"},
    {"errors.deadletterqueue.topic.replication.factor", "there is one broker", "1"},
    {"transaction.", "the in-memory broker has no transactions"},
    {"exactly.once.support", "the in-memory broker has no transactions"},
    {"security.protocol", "the in-memory broker speaks PLAINTEXT only"},
    {"bootstrap.servers", "the in-memory broker is the only one"},
}};

} // namespace

Result<DevBroker> DevBroker::start(const DevTopics &topics) {
  HOST_ASSIGN(Pipe life, make_pipe());
  HOST_ASSIGN(Pipe address, make_pipe());
  std::vector<std::string> arguments{"sluice-broker", std::string(kBrokerArgument)};
  for (const auto &[name, partitions] : topics)
    arguments.push_back(fmt::format("{}:{}", name, partitions));
  std::vector<char *> argv;
  for (std::string &argument : arguments)
    argv.push_back(argument.data());
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  // Through high numbers, so that neither source is overwritten before it is used.
  ::posix_spawn_file_actions_adddup2(&actions, life.in.get(), 100);
  ::posix_spawn_file_actions_adddup2(&actions, address.out.get(), 101);
  ::posix_spawn_file_actions_adddup2(&actions, 100, kLifeFd);
  ::posix_spawn_file_actions_adddup2(&actions, 101, kAddressFd);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, kAddressFd + 1);
  DevBroker broker;
  const int error =
      ::posix_spawn(&broker.pid_, "/proc/self/exe", &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    return fail(Code::Io, fmt::format("the in-memory broker: {}", std::strerror(error)));
  address.out.reset();
  broker.life_ = std::move(life.out);
  broker.bootstrap_ = read_line(address.in.get());
  if (broker.bootstrap_.empty()) {
    broker.stop();
    return fail(Code::Unavailable, "the in-memory broker ended before it served");
  }
  return broker;
}

void DevBroker::stop() {
  life_.reset();
  if (pid_ > 0)
    ::waitpid(std::exchange(pid_, -1), nullptr, 0);
}

void maybe_run_dev_broker(int argc, char **argv) {
  if (argc >= 2 && argv[1] == kBrokerArgument)
    serve_broker({argv + 2, argv + argc});
}

Result<TemporaryFolder> TemporaryFolder::create() {
  std::error_code error;
  std::string name = (std::filesystem::temp_directory_path(error) / "sluice-dev-XXXXXX").string();
  if (error || ::mkdtemp(name.data()) == nullptr)
    return fail(Code::Io, fmt::format("a temporary folder: {}", std::strerror(errno)));
  return TemporaryFolder(std::move(name));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty())
    std::filesystem::remove_all(path_, ignored);
}

StringMap dev_defaults(const std::string &bootstrap, const std::string &folder) {
  const std::string string_converter = "org.apache.kafka.connect.storage.StringConverter";
  return {{"bootstrap.servers", bootstrap},
          {"key.converter", string_converter},
          {"value.converter", string_converter},
          {"offset.storage.file.filename", folder + "/offsets"},
          {"offset.flush.interval.ms", "1000"},
          {"listeners", "http://127.0.0.1:8083"},
          {std::string(kafka::kDevModeKey), "true"}};
}

std::vector<std::pair<std::string, std::string>> refused_in_dev_mode(const StringMap &config) {
  std::vector<std::pair<std::string, std::string>> problems;
  for (const auto &[key, value] : config)
    for (const Refusal &refusal : kRefusals)
      if (std::string_view(key).starts_with(refusal.prefix) &&
          (refusal.good.empty() || value != refusal.good))
        problems.emplace_back(key,
                              fmt::format("{} cannot be used with --dev: {}", key, refusal.reason));
  return problems;
}

std::string dev_banner(const std::string &bootstrap, const DevTopics &topics) {
  std::string text = "Sluice in dev mode, for trying out. Its broker is in memory:\n"
                     "  · everything is forgotten when this ends: topics, offsets, connectors\n"
                     "  · a partition keeps its last 5 MiB; nothing is compacted\n"
                     "  · no transactions, no topic settings, no security\n";
  text += fmt::format("  Broker    {} (this machine only)\n", bootstrap);
  for (const auto &[name, partitions] : topics)
    text += fmt::format("  Topic     {}, {} partition{}\n", name, partitions,
                        partitions == 1 ? "" : "s");
  return text;
}

} // namespace host::app
