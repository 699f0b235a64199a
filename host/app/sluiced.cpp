// sluiced: a worker that runs Kafka Connect connectors as native plugins.

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "host/app/config_check.h"
#include "host/app/connector_files.h"
#include "host/app/dev_mode.h"
#include "host/app/options.h"
#include "host/app/worker.h"
#include "host/base/log.h"
#include "host/base/redactor.h"
#include "host/base/thread.h"
#include "host/config/cluster_keys.h"
#include "host/config/properties.h"
#include "host/config/worker_config.h"
#include "host/kafka/client_config.h"
#include "host/runner/process.h"
#include "host/supervisor/runner_entry.h"

namespace host::app {
namespace {

int run_runner(const supervisor::RunnerFds &fds) {
  return runner::runner_main({fds.link, fds.log, fds.page});
}

// Every Kafka client and every runner takes descriptors.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// The signals that end the worker, and the one with which its parts ask for that. Blocked in every
// thread; the main thread takes them.
sigset_t ending_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1})
    ::sigaddset(&set, signal);
  return set;
}

std::string default_plugin_folder() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return (program.parent_path().parent_path() / "plugins").string();
}

void set_up_log(const Options &options) {
  log::set_sink(redacted(log::line_sink(2, options.log_format), process_redactor()));
  for (const auto &[prefix, level] : options.log_levels)
    log::set_level(prefix, level);
}

// The worker file (or dev mode's defaults), checked; problems are printed.
std::optional<config::WorkerConfig> load_config(const Options &options, const StringMap &defaults) {
  config::Properties properties{"--dev", {}};
  if (!options.config_path.empty()) {
    auto read = config::read_properties(options.config_path);
    if (!read) {
      std::fprintf(stderr, "sluiced: %s\n", read.error().message().c_str());
      return std::nullopt;
    }
    properties = *std::move(read);
  }
  bool refused = false;
  if (options.dev)
    for (const auto &[key, reason] : refused_in_dev_mode(properties.map())) {
      std::fprintf(stderr, "sluiced: %s:%d: %s\n", properties.file.c_str(),
                   static_cast<int>(properties.find(key)->line), reason.c_str());
      refused = true;
    }
  if (refused)
    return std::nullopt;
  for (const auto &[key, value] : defaults)
    if (properties.find(key) == nullptr)
      properties.entries.push_back({key, value, 0});
  config::WorkerConfig config = config::check_worker_config(properties);
  process_redactor().add(config::secrets_of(config));
  for (const config::Finding &finding : config.findings)
    std::fprintf(stderr, "sluiced: %s%s\n",
                 finding.kind == config::Finding::Kind::Warning ? "warning: " : "",
                 finding.text.c_str());
  return config.valid() ? std::optional(std::move(config)) : std::nullopt;
}

// Nothing when one of the files cannot be read; the problem is printed.
std::optional<std::vector<herder::CreateRequest>>
load_connectors(const Options &options, const std::optional<config::WorkerConfig> &worker) {
  std::vector<herder::CreateRequest> requests;
  if (worker && config::is_distributed(worker->entries) && !options.connector_files.empty()) {
    std::fprintf(stderr,
                 "sluiced: %s: a worker of a cluster takes its connectors from the cluster "
                 "(config.storage.topic is set); give them to the REST API instead: sluice "
                 "apply -f FILE\n",
                 options.connector_files.front().c_str());
    return std::nullopt;
  }
  for (const std::string &path : options.connector_files) {
    const auto file = read_connector_file(path);
    if (!file) {
      std::fprintf(stderr, "sluiced: %s\n", file.error().message().c_str());
      return std::nullopt;
    }
    requests.push_back({file->name, herder::SubmittedConfig(file->config),
                        file->initial_state.value_or(TargetState::Started)});
  }
  return requests;
}

int serve(WorkerPlan plan, const std::string &banner) {
  const sigset_t signals = ending_signals();
  auto worker = Worker::create(std::move(plan));
  if (!worker) {
    std::fprintf(stderr, "sluiced: %s\n", worker.error().message().c_str());
    return kExitStartFailed;
  }
  std::atomic<int> exit_code = 0;
  (*worker)->start([&](int code) {
    exit_code = code;
    ::kill(::getpid(), SIGUSR1);
  });
  if (!banner.empty()) {
    std::printf("%s  REST API  %s\n", banner.c_str(), (*worker)->url().c_str());
    std::fflush(stdout);
  }
  int signal = 0;
  ::sigwait(&signals, &signal);
  (*worker)->stop();
  return exit_code;
}

StringMap runner_levels(const Options &options) {
  StringMap levels;
  for (const auto &[prefix, level] : options.log_levels)
    levels.set(prefix, std::string(log::name_of(level)));
  return levels;
}

// What only looks at the configuration starts nothing: where the in-memory broker and its folder
// would be is not known before they are there.
StringMap imagined_dev_defaults() {
  std::error_code ignored;
  return dev_defaults("127.0.0.1:0", std::filesystem::temp_directory_path(ignored) / "sluice-dev");
}

bool parts_are_fine(const config::WorkerConfig &config) {
  const ConfigFindings findings = check_parts(config);
  for (const std::string &text : findings.warnings)
    std::fprintf(stderr, "sluiced: warning: %s\n", text.c_str());
  for (const std::string &text : findings.errors)
    std::fprintf(stderr, "sluiced: %s\n", text.c_str());
  return findings.errors.empty();
}

int look_at_config(const Options &options) {
  const auto config = load_config(options, options.dev ? imagined_dev_defaults() : StringMap());
  const auto connectors = load_connectors(options, config);
  if (!config || !connectors || (options.check_config && !parts_are_fine(*config)))
    return kExitStartFailed;
  if (options.print_config)
    std::fputs(config::printed(*config).c_str(), stdout);
  else
    std::printf("%s: fine; %zu connector file(s) read\n",
                options.config_path.empty() ? "--dev" : options.config_path.c_str(),
                connectors->size());
  return 0;
}

// The in-memory broker and the folder that go with the worker.
struct DevParts {
  TemporaryFolder folder;
  DevBroker broker;
};

Result<DevParts> start_dev_parts(const Options &options) {
  HOST_ASSIGN(auto folder, TemporaryFolder::create());
  HOST_ASSIGN(auto broker, DevBroker::start(options.dev_topics));
  return DevParts{std::move(folder), std::move(broker)};
}

int run(const Options &options) {
  if (options.print_config || options.check_config)
    return look_at_config(options);
  std::optional<DevParts> dev;
  StringMap defaults;
  std::string banner;
  if (options.dev) {
    auto started = start_dev_parts(options);
    if (!started) {
      std::fprintf(stderr, "sluiced: %s\n", started.error().message().c_str());
      return kExitStartFailed;
    }
    dev.emplace(*std::move(started));
    defaults = dev_defaults(dev->broker.bootstrap(), dev->folder.path());
    banner = dev_banner(dev->broker.bootstrap(), options.dev_topics);
  }
  auto config = load_config(options, defaults);
  auto connectors = load_connectors(options, config);
  int code = kExitStartFailed;
  if (config && connectors)
    code = serve({*std::move(config), *std::move(connectors), runner_levels(options),
                  default_plugin_folder(), options.dev},
                 banner);
  if (dev)
    dev->broker.stop();
  return code;
}

} // namespace
} // namespace host::app

int main(int argc, char **argv) {
  using namespace host;
  app::maybe_run_dev_broker(argc, argv);
  supervisor::maybe_run_template(argc, argv, app::run_runner, kafka::warm_up);
  app::ParsedOptions parsed = app::parse_options(argc, argv);
  if (parsed.exit)
    return parsed.exit_code;
  const sigset_t signals = app::ending_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  app::raise_descriptor_limit();
  app::set_up_log(parsed.options);
  const int code = app::run(parsed.options);
  // Without exit handlers: a Kafka client that had to be left behind still has threads, and they
  // use what the handlers take down.
  std::fflush(nullptr);
  ::_exit(code);
}
