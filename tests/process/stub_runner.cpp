#include "stub_runner.h"

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <future>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

#include "act.h"
#include "host/base/death_timer.h"
#include "host/base/log.h"
#include "host/link/exit_code.h"
#include "host/link/io_loop.h"
#include "host/link/log_pipe.h"
#include "host/link/page.h"
#include "host/link/peer.h"
#include "host/metrics/callback_guard.h"

namespace process_test {
namespace {

using namespace host;
using link::Callback;

Error connect_error(std::string text) {
  return Error(Code::Fatal, exception::kConnect, std::move(text));
}

// One task loop, on its own thread. Left behind when it does not end.
struct StubTask {
  link::StartTask message;
  std::mutex mutex;
  std::condition_variable wake;
  bool stop = false;
  bool ended = false;
  TargetState target = TargetState::Started;

  void set(auto change) {
    {
      std::lock_guard lock(mutex);
      change();
    }
    wake.notify_all();
  }
};

class StubRunner {
public:
  StubRunner(std::unique_ptr<link::Channel> channel, link::RunnerPage page, bool own_process)
      : own_process_(own_process), page_(std::move(page)), peer_(loop_, std::move(channel)) {}

  // Until Shutdown or the end of the link; returns the exit code.
  int run() {
    listen();
    peer_.open([this](const Error &) { loop_.request_stop(); });
    link::Hello hello;
    hello.build_id = link::build_id();
    hello.pid = ::getpid();
    peer_.request(std::move(hello), link::kNoDeadline, [this](Result<link::Welcome> welcome) {
      if (welcome && welcome->lease_until_boottime_ms != 0)
        take_lease(welcome->lease_until_boottime_ms);
    });
    loop_.run();
    return ordered_ ? link::kExitOrdered : link::kExitHostGone;
  }
  void wake_up() { loop_.request_stop(); }

private:
  void listen() {
    peer_.on<link::StartConnector>([this](link::StartConnector m, auto r) { start(m, r); });
    peer_.on<link::RemoveConnector>([this](auto m, auto r) { remove(m.connector, r); });
    peer_.on<link::TaskConfigs>([this](link::TaskConfigs m, auto r) { task_configs(m, r); });
    peer_.on<link::StartTask>([this](link::StartTask m, auto r) { start_task(std::move(m), r); });
    peer_.on<link::Pause>(
        [this](link::Pause m, auto r) { target(m.task, TargetState::Paused, r); });
    peer_.on<link::Resume>(
        [this](link::Resume m, auto r) { target(m.task, TargetState::Started, r); });
    peer_.on<link::Stop>([this](link::Stop m, auto r) { stop(m, r); });
    peer_.on<link::Lease>([this](link::Lease m) { take_lease(m.until_boottime_ms); });
    peer_.on<link::SetLogLevel>([](link::SetLogLevel) {});
    peer_.on<link::Inspect>([this](link::Inspect m, auto r) { inspect(m, r); });
    peer_.on<link::Validate>([this](link::Validate m, auto r) { validate(m, r); });
    peer_.on<link::AlterOffsets>([this](link::AlterOffsets m, auto r) { alter_offsets(m, r); });
    peer_.on<link::Shutdown>([this](link::Shutdown m, auto r) { shut_down(m, r); });
  }

  // As the real one: on threads of the host it is the host's affair.
  void take_lease(std::int64_t until_boottime_ms) {
    if (own_process_ && !lease_.arm(until_boottime_ms))
      ::_exit(1);
  }

  template <class R> void shut_down(const link::Shutdown &m, R responder) {
    for (auto &[number, task] : tasks_)
      task->set([&] { task->stop = true; });
    std::thread([this, tasks = tasks_, m, responder] {
      const auto deadline = std::chrono::steady_clock::now() + Duration(m.timeout_ms);
      for (auto &[number, task] : tasks) {
        std::unique_lock lock(task->mutex);
        task->wake.wait_until(lock, deadline, [&] { return task->ended; });
      }
      loop_.post([this, responder] {
        responder.reply({});
        ordered_ = true;
        peer_.finish();
      });
    }).detach();
  }

  // What the control thread does; it goes on when this thread does not wait for it.
  void on_control(Callback callback, const std::string &what,
                  std::function<void(std::string)> then) {
    std::thread([this, callback, what, then] {
      std::string error;
      {
        metrics::CallbackGuard guard(page_.slot(0), callback);
        error = act(what);
      }
      loop_.post([then, error] { then(error); });
    }).detach();
  }

  void tell(TaskId task, Incarnation incarnation, State state, std::string trace = {}) {
    peer_.tell(link::Status{std::move(task), incarnation, state, std::move(trace)});
  }

  template <class R> void start(const link::StartConnector &m, R responder) {
    object_ = m;
    on_control(Callback::Start, m.config.get("connector.start"), [this, m, responder](auto error) {
      const TaskId itself{m.connector, link::kConnectorItself};
      if (error.empty()) {
        tell(itself, m.incarnation, State::Running);
        return responder.reply({});
      }
      tell(itself, m.incarnation, State::Failed, connect_error(error).trace());
      responder.fail(connect_error("Failed to transition connector"));
    });
  }

  template <class R> void remove(const std::string &, R responder) {
    if (!object_)
      return responder.reply({});
    on_control(Callback::Stop, object_->config.get("connector.stop"),
               [this, responder](const auto &) {
                 object_.reset();
                 responder.reply({});
               });
  }

  template <class R> void task_configs(const link::TaskConfigs &m, R responder) {
    on_control(Callback::TaskConfigs, object_->config.get("task_configs"),
               [this, m, responder](auto error) {
                 if (!error.empty())
                   return responder.fail(connect_error(error));
                 link::TaskConfigList list;
                 for (int i = 0; i < m.max_tasks; ++i)
                   list.configs.push_back({{"n", std::to_string(i)}});
                 responder.reply(std::move(list));
               });
  }

  template <class R> void target(const TaskId &id, TargetState target, R responder) {
    if (id.number == link::kConnectorItself && object_)
      tell(id, object_->incarnation,
           target == TargetState::Paused ? State::Paused : State::Running);
    if (const auto task = tasks_.find(id.number); task != tasks_.end())
      task->second->set([&] { task->second->target = target; });
    responder.reply({});
  }

  template <class R> void stop(const link::Stop &m, R responder) {
    if (m.task.number == link::kConnectorItself) {
      if (object_)
        tell(m.task, object_->incarnation, State::Stopped);
      return responder.reply({});
    }
    const auto known = tasks_.find(m.task.number);
    if (known == tasks_.end())
      return responder.reply({});
    const auto task = known->second;
    task->set([&] { task->stop = true; });
    std::thread([this, task, m, responder] {
      std::unique_lock lock(task->mutex);
      const bool ended =
          task->wake.wait_for(lock, Duration(m.timeout_ms), [&] { return task->ended; });
      lock.unlock();
      if (ended)
        return loop_.post([this, m, responder] {
          tasks_.erase(m.task.number);
          responder.reply({});
        });
      responder.fail(Error(Code::Timeout, "the task is still there"));
    }).detach();
  }

  template <class R> void start_task(link::StartTask m, R responder) {
    if (m.task_config.contains("refuse"))
      return responder.fail(connect_error(m.task_config.get("refuse")));
    auto task = std::make_shared<StubTask>();
    task->target = m.target;
    task->message = std::move(m);
    tasks_[task->message.task.number] = task;
    link::reset_slot(page_.slot(task->message.slot), task->message.incarnation.value);
    std::thread([this, task] { run_task(*task); }).detach();
    responder.reply({});
  }

  void run_task(StubTask &task) {
    const link::StartTask &m = task.message;
    link::TaskSlot &slot = page_.slot(m.slot);
    const auto call = [&](Callback callback, const char *key, int number) {
      metrics::CallbackGuard guard(slot, callback);
      return act(m.task_config.get(key), number);
    };
    std::string error = call(Callback::Start, "start", 1);
    TargetState told = TargetState::Stopped;
    for (int turn = 1; error.empty(); ++turn) {
      if (!wait_turn(task, told))
        break;
      error = call(Callback::Poll, "poll", turn);
      slot.ticks.fetch_add(1, std::memory_order_relaxed);
    }
    commit(task);
    call(Callback::Stop, "stop", 1);
    if (!error.empty())
      tell(m.task, m.incarnation, State::Failed, connect_error(error).trace());
    task.set([&] { task.ended = true; });
  }

  // False when the task is to stop.
  bool wait_turn(StubTask &task, TargetState &told) {
    std::unique_lock lock(task.mutex);
    if (told != task.target) {
      told = task.target;
      tell(task.message.task, task.message.incarnation,
           told == TargetState::Started ? State::Running : State::Paused);
    }
    task.wake.wait_for(lock, Duration(5), [&] { return task.stop; });
    return !task.stop;
  }

  // The last act of a task, as of a source: its offset is on its way when the thread ends.
  void commit(const StubTask &task) {
    const StringMap &config = task.message.task_config;
    if (!config.contains("offset"))
      return;
    std::promise<void> answered;
    peer_.request(link::CommitOffsets{task.message.task,
                                      task.message.incarnation,
                                      {{"key", config.get("offset")}}},
                  Duration(5000), [&](const Result<link::Done> &) { answered.set_value(); });
    answered.get_future().wait();
  }

  template <class R> void inspect(const link::Inspect &m, R responder) {
    std::stringstream content;
    content << std::ifstream(m.plugin_path).rdbuf();
    on_control(Callback::Load, content.str(), [responder](auto error) {
      if (error.empty())
        return responder.reply({"[]"});
      responder.fail(connect_error(error));
    });
  }

  template <class R> void alter_offsets(const link::AlterOffsets &m, R responder) {
    on_control(Callback::AlterOffsets, m.config.get("alter_offsets"), [responder](auto error) {
      if (!error.empty())
        return responder.fail(connect_error(error));
      responder.reply(link::OffsetsAltered{true});
    });
  }

  template <class R> void validate(const link::Validate &m, R responder) {
    on_control(Callback::Validate, m.config.get("validate"), [m, responder](auto error) {
      if (!error.empty())
        return responder.fail(connect_error(error));
      link::Validated validated;
      for (const auto &[key, value] : m.config)
        validated.keys.push_back({key, value, {}, {}, true});
      responder.reply(std::move(validated));
    });
  }

  const bool own_process_;
  bool ordered_ = false; // the end was asked for
  link::RunnerPage page_;
  link::IoLoop loop_;
  link::Peer peer_;
  DeathTimer lease_;
  std::optional<link::StartConnector> object_;
  std::map<std::int32_t, std::shared_ptr<StubTask>> tasks_;
};

class StubThread final : public link::InProcess {
public:
  StubThread(std::unique_ptr<link::Channel> channel, link::RunnerPage page)
      : runner_(keep(std::make_shared<StubRunner>(std::move(channel), std::move(page), false))),
        ended_(std::make_shared<std::atomic<bool>>(false)),
        thread_([runner = runner_, ended = ended_] {
          runner->run();
          *ended = true;
        }) {}
  ~StubThread() override {
    runner_->wake_up();
    thread_.join();
  }
  bool wait_ended(TimePoint) override { return *ended_; }

private:
  // Until the process ends, because helper threads of its tasks may end later than its loop.
  static std::shared_ptr<StubRunner> keep(std::shared_ptr<StubRunner> runner) {
    static std::mutex mutex;
    static auto *kept = new std::vector<std::shared_ptr<StubRunner>>;
    std::lock_guard lock(mutex);
    kept->push_back(runner);
    return runner;
  }

  std::shared_ptr<StubRunner> runner_;
  std::shared_ptr<std::atomic<bool>> ended_;
  std::thread thread_;
};

} // namespace

int stub_runner_main(const supervisor::RunnerFds &fds) {
  auto page = link::RunnerPage::map(UniqueFd(fds.page));
  if (!page)
    return 2;
  static const SystemClock clock;
  log::set_sink(link::log_pipe_sink(fds.log, page->page().log_lines_dropped, clock));
  // Never destroyed: threads that hang may use it until the process ends.
  auto *runner = new StubRunner(link::socket_channel(UniqueFd(fds.link)), std::move(*page), true);
  return runner->run();
}

Result<std::unique_ptr<link::InProcess>>
start_stub_in_process(std::unique_ptr<link::Channel> channel, UniqueFd page) {
  HOST_ASSIGN(link::RunnerPage mapped, link::RunnerPage::map(std::move(page)));
  return std::unique_ptr<link::InProcess>(
      std::make_unique<StubThread>(std::move(channel), std::move(mapped)));
}

} // namespace process_test
