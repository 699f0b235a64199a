// The two record paths without host, link and runner: a task with a plugin in this process, doing
// the work of bare_loop and printing what it prints, so that runs of both can be paired.
//
//   path_bench source <bootstrap> <topic> <file> <records> <plugin> [converter]
//   path_bench sink <bootstrap> <topic> <file> <records> <plugin> [converter]

#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "host/base/log.h"
#include "host/metrics/task_slot.h"
#include "host/plugin/library.h"
#include "host/runtime/producer_pool.h"
#include "host/runtime/task.h"

namespace {

using namespace host;

constexpr auto kBytes = "org.apache.kafka.connect.converters.ByteArrayConverter";
constexpr auto kPackage = "org.apache.kafka.connect.file.";

// Takes offsets as stored; ends the program when the task fails.
class Host final : public runtime::TaskHost {
public:
  void status(State state, std::string trace) override {
    if (state != State::Failed)
      return;
    std::fprintf(stderr, "path_bench: %s", trace.c_str());
    std::_Exit(1);
  }
  void topic_active(const std::string &) override {}
  Result<std::vector<std::optional<std::string>>>
  read_offsets(std::vector<std::string> keys) override {
    return std::vector<std::optional<std::string>>(keys.size());
  }
  void cancel() override {}
  void commit_offsets(std::vector<OffsetRecord>, OnCommitted done) override { done({}); }
};

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval &t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

struct Work {
  std::string mode, bootstrap, topic, file;
  std::uint64_t records;
  std::string plugin, converter;
};

runtime::TaskSpec spec_of(const Work &work) {
  runtime::TaskSpec spec;
  // A group of its own for every run: it reads from the start.
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  spec.id = {"bench-" + std::to_string(now), 0};
  spec.worker_config = {{"bootstrap.servers", work.bootstrap},
                        {"key.converter", work.converter},
                        {"value.converter", work.converter},
                        {"value.converter.schemas.enable", "false"},
                        {"offset.flush.interval.ms", "10000"}};
  spec.connector_config = {{"name", spec.id.connector}, {"topics", work.topic}};
  spec.task_config = {{"file", work.file}, {"topic", work.topic}};
  return spec;
}

int run(const Work &work) {
  const bool source = work.mode == "source";
  const auto library = plugin::Library::load(work.plugin);
  if (!library || !(*library)->init()) {
    std::fprintf(stderr, "path_bench: %s\n", library ? "init" : library.error().message().c_str());
    return 1;
  }
  const auto connector = (*library)->find(
      std::string(kPackage) + (source ? "FileStreamSourceConnector" : "FileStreamSinkConnector"));
  if (!connector) {
    std::fprintf(stderr, "path_bench: %s\n", connector.error().message().c_str());
    return 1;
  }
  const auto since = std::chrono::steady_clock::now();
  Host host;
  runtime::ProducerPool pool;
  SystemClock clock;
  const auto slot = std::make_unique<metrics::TaskSlot>();
  const auto task = runtime::make_task(spec_of(work), *connector, host, pool, *slot, clock);
  task->start();
  while (slot->records_out.load() < work.records)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  task->request_stop();
  if (!task->wait_stopped(clock.now() + std::chrono::seconds(60)))
    return 1;
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - since;
  std::printf("{\"records\":%llu,\"cpu_s\":%.4f,\"wall_s\":%.4f}\n",
              static_cast<unsigned long long>(slot->records_out.load()), cpu_seconds(),
              wall.count());
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 7) {
    std::fprintf(stderr, "usage: path_bench source|sink <bootstrap> <topic> <file> <records> "
                         "<plugin> [converter]\n");
    return 2;
  }
  host::log::set_level("", host::log::Level::Error);
  return run({argv[1], argv[2], argv[3], argv[4], std::strtoull(argv[5], nullptr, 10), argv[6],
              argc > 7 ? argv[7] : kBytes});
}
