#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

#include "sluice/sluice.hpp"
#include "sluice/testing.hpp"

// What plugin code throws, and where: no exception may get past the border.
namespace {

using sluice::testing::call_failed;
using sluice::testing::error_text;
using sluice::testing::fake_host;

// What the classes below throw in the call that is named.
std::string throw_in;
void (*throw_it)() = nullptr;

void maybe_throw(const char *call) {
  if (throw_in == call)
    throw_it();
}

class Connector {
public:
  explicit Connector(const sluice::connector_context &) { maybe_throw("connector.create"); }
  void start(const sluice::config &) { maybe_throw("connector.start"); }
  std::vector<sluice::config> task_configs(std::int32_t) {
    maybe_throw("task_configs");
    return {{}};
  }
  void stop() { maybe_throw("connector.stop"); }
  static void validate(const sluice::config &, sluice::report &) { maybe_throw("validate"); }
  static bool supports_exactly_once(const sluice::config &) {
    maybe_throw("exactly_once_support");
    return true;
  }
  static bool alter_offsets(const sluice::config &, const std::vector<sluice::offset_change> &) {
    maybe_throw("alter_offsets");
    return true;
  }
};

class Sink {
public:
  explicit Sink(const sluice::sink_context &) { maybe_throw("create"); }
  void start(const sluice::config &) { maybe_throw("start"); }
  void open(std::span<const sluice_tp>) { maybe_throw("open"); }
  void put(const sluice::sink_batch &) { maybe_throw("put"); }
  void pre_commit(std::span<sluice_tp>) { maybe_throw("pre_commit"); }
  void close(std::span<const sluice_tp>, bool) { maybe_throw("close"); }
  void stop() { maybe_throw("stop"); }
};

class Source {
public:
  explicit Source(const sluice::source_context &) { maybe_throw("create"); }
  void start(const sluice::config &) { maybe_throw("start"); }
  sluice::source_batch poll(std::chrono::milliseconds) {
    maybe_throw("poll");
    return {};
  }
  void on_delivered(const sluice_source_batch &, sluice::deliveries) {
    maybe_throw("on_delivered");
  }
  void commit() { maybe_throw("commit"); }
  void stop() { maybe_throw("stop"); }
};

constexpr sluice::connector_text kText{
    .class_name = "test", .version = "1", .summary = "", .keys = &sluice::keys<>};
constexpr sluice_connector_desc kSink = sluice::sink_connector<Sink, Connector>(kText);
constexpr sluice_connector_desc kSource = sluice::source_connector<Source, Connector>(kText);

// Every call of both kinds by name, made on a fresh object.
sluice_status connector_call(const std::string &name, fake_host &host, sluice_error *error) {
  const sluice_connector_vtbl &calls = *kSource.connector;
  void *object = nullptr;
  sluice_status status = calls.create(fake_host::table(), host.ctx(), &object, error);
  if (status != SLUICE_OK)
    return status;
  std::int32_t support = 0;
  const sluice_emit_task emit = [](void *, const sluice_kv *, std::size_t) -> sluice_status {
    return SLUICE_OK;
  };
  if (name == "connector.start")
    status = calls.start(object, nullptr, 0, error);
  if (name == "task_configs")
    status = calls.task_configs(object, 1, emit, nullptr, error);
  if (name == "connector.stop")
    status = calls.stop(object, error);
  if (name == "validate")
    status = calls.validate(fake_host::table(), nullptr, 0, nullptr, nullptr, error);
  if (name == "exactly_once_support")
    status = calls.exactly_once_support(fake_host::table(), nullptr, 0, &support, error);
  if (name == "alter_offsets") {
    const auto *extension = static_cast<const sluice_alter_offsets_vtbl *>(
        kSink.get_extension(sluice::to_abi(SLUICE_ALTER_OFFSETS)));
    status = extension->alter_offsets(fake_host::table(), nullptr, 0, nullptr, 0, &support, error);
  }
  calls.destroy(object);
  return status;
}

sluice_status sink_call(const std::string &name, fake_host &host, sluice_error *error) {
  const sluice_sink_task_vtbl &calls = *kSink.sink;
  void *task = nullptr;
  sluice_status status = calls.create(fake_host::table(), host.ctx(), &task, error);
  if (status != SLUICE_OK)
    return status;
  sluice_sink_batch batch{};
  batch.struct_size = sizeof batch;
  if (name == "start")
    status = calls.start(task, nullptr, 0, error);
  if (name == "open")
    status = calls.open(task, nullptr, 0, error);
  if (name == "put")
    status = calls.put(task, &batch, error);
  if (name == "pre_commit")
    status = calls.pre_commit(task, nullptr, 0, error);
  if (name == "close")
    status = calls.close(task, nullptr, 0, 0, error);
  if (name == "stop")
    status = calls.stop(task, error);
  calls.cancel(task);
  calls.destroy(task);
  return status;
}

sluice_status source_call(const std::string &name, fake_host &host, sluice_error *error) {
  const sluice_source_task_vtbl &calls = *kSource.source;
  void *task = nullptr;
  sluice_status status = calls.create(fake_host::table(), host.ctx(), &task, error);
  if (status != SLUICE_OK)
    return status;
  const sluice_source_batch *batch = nullptr;
  const sluice_source_batch delivered{};
  if (name == "start")
    status = calls.start(task, nullptr, 0, error);
  if (name == "poll")
    status = calls.poll(task, 0, &batch, error);
  if (name == "on_delivered")
    status = calls.on_delivered(task, &delivered, nullptr, 0, 0, error);
  if (name == "commit")
    status = calls.commit(task, error);
  if (name == "stop")
    status = calls.stop(task, error);
  calls.cancel(task);
  calls.destroy(task);
  return status;
}

struct Thrown {
  void (*what)();
  sluice_status status;
  std::string message;
};

const std::vector<Thrown> kAll{
    {[] { throw sluice::fatal_error("broken {}", 1); }, SLUICE_E_FATAL, "broken 1"},
    {[] { throw sluice::retriable_error("later"); }, SLUICE_E_RETRY, "later"},
    {[] { throw sluice::config_error("wrong"); }, SLUICE_E_CONFIG, "wrong"},
    {[] { throw sluice::data_error("bad"); }, SLUICE_E_DATA, "bad"},
    {[] { throw sluice::unsupported_error("no"); }, SLUICE_E_UNSUPPORTED, "no"},
    {[] { throw sluice::cancelled(); }, SLUICE_E_CANCELLED, "cancelled"},
    {[] { throw std::bad_alloc(); }, SLUICE_E_FATAL, "out of memory"},
    {[] { throw std::out_of_range("at"); }, SLUICE_E_INTERNAL, "at"},
    {[] { throw 42; }, SLUICE_E_INTERNAL,
     "the plugin threw something that is not a std::exception"},
};

class Border : public ::testing::TestWithParam<std::pair<const char *, const char *>> {};

TEST_P(Border, TurnsWhatIsThrownIntoAStatus) {
  const auto [kind, call] = GetParam();
  const auto make = std::string(kind) == "sink"     ? sink_call
                    : std::string(kind) == "source" ? source_call
                                                    : connector_call;
  fake_host host;
  error_text error;
  throw_in = "";
  EXPECT_EQ(make(call, host, error.abi()), SLUICE_OK);
  throw_in = call;
  for (const Thrown &thrown : kAll) {
    throw_it = thrown.what;
    error.message.clear();
    EXPECT_EQ(make(call, host, error.abi()), thrown.status) << thrown.message;
    EXPECT_EQ(error.message, thrown.message);
    EXPECT_EQ(make(call, host, nullptr), thrown.status) << "the host does not care";
  }
  throw_in = "";
}

INSTANTIATE_TEST_SUITE_P(
    EveryCall, Border,
    ::testing::Values(
        std::pair{"connector", "connector.create"}, std::pair{"connector", "connector.start"},
        std::pair{"connector", "task_configs"}, std::pair{"connector", "connector.stop"},
        std::pair{"connector", "validate"}, std::pair{"connector", "exactly_once_support"},
        std::pair{"connector", "alter_offsets"}, std::pair{"sink", "create"},
        std::pair{"sink", "start"}, std::pair{"sink", "open"}, std::pair{"sink", "put"},
        std::pair{"sink", "pre_commit"}, std::pair{"sink", "close"}, std::pair{"sink", "stop"},
        std::pair{"source", "create"}, std::pair{"source", "start"}, std::pair{"source", "poll"},
        std::pair{"source", "on_delivered"}, std::pair{"source", "commit"},
        std::pair{"source", "stop"}),
    [](const auto &info) {
      std::string name = std::string(info.param.first) + "_" + info.param.second;
      for (char &c : name)
        c = c == '.' ? '_' : c;
      return name;
    });

TEST(BorderDetails, ErrorsCarryFieldsForMachines) {
  fake_host host;
  error_text error;
  throw_in = "put";
  throw_it = [] { throw sluice::retriable_error("later").with("http.status", "503"); };
  EXPECT_EQ(sink_call("put", host, error.abi()), SLUICE_E_RETRY);
  ASSERT_EQ(error.details.size(), 1U);
  EXPECT_EQ(error.details[0].second, "503");
  throw_in = "";
}

// Retains batches, as a sink with a background writer does.
class Keeper {
public:
  explicit Keeper(sluice::sink_context context) : context_(std::move(context)) {}
  void start(const sluice::config &) {
    lines_ = sluice::counter(context_, {.name = "lines", .help = "Lines"});
    gauge_ = sluice::gauge(context_, {.name = "kept", .help = "Batches kept"});
  }
  void put(const sluice::sink_batch &batch) {
    lines_.add(static_cast<double>(batch.size()));
    kept_.push_back(batch.retain());
    gauge_.set(static_cast<double>(kept_.size()));
    if (batch[0].value().is_null())
      context_.report(batch, 0, "null");
    context_.request_commit();
    context_.retry_after(std::chrono::milliseconds(7));
  }
  void pre_commit(std::span<sluice_tp> offsets) {
    for (sluice_tp &offset : offsets)
      offset.offset = -1;
  }
  void close(std::span<const sluice_tp> partitions, bool) {
    std::thread([gone = std::move(kept_)] {}).join(); // on another thread
    kept_.clear();
    context_.seek(partitions);
  }

private:
  sluice::sink_context context_;
  std::vector<sluice::retained_batch> kept_;
  sluice::counter lines_;
  sluice::gauge gauge_;
};

TEST(SinkLayer, RetainedBatchesAndServices) {
  static constexpr sluice_connector_desc kKeeper = sluice::sink_connector<Keeper>(kText);
  fake_host host;
  sluice::testing::sink_run run(host, kKeeper);
  run.start({});
  run.put({{.value = sluice::datum::bytes("a")}, {.value = sluice::datum::bytes("b")}});
  run.put({{}});
  EXPECT_EQ(host.batches_held(), 2);
  EXPECT_EQ(host.metric("lines"), 3);
  EXPECT_EQ(host.metric("kept"), 2);
  EXPECT_EQ(host.reported().at(0).second, "null");
  EXPECT_TRUE(host.commit_requested());
  EXPECT_EQ(host.retry_after_ms(), 7);
  std::vector<sluice_tp> offsets{{sluice::to_abi("t"), 0, 0, 9}};
  run.pre_commit(offsets);
  EXPECT_EQ(offsets[0].offset, -1);
  run.close({{sluice::to_abi("t"), 1, 0, 4}});
  EXPECT_EQ(host.batches_held(), 0);
  EXPECT_EQ(host.seeks().at(0), "t-1@4");
}

TEST(SinkLayer, RetainedBatchIsMoveOnlyAndCannotDangle) {
  static_assert(!std::is_copy_constructible_v<sluice::retained_batch>);
  static_assert(std::is_nothrow_move_constructible_v<sluice::retained_batch>);
  // What it gives must not outlive it.
  const auto gives_view = []<class Owner>(std::type_identity<Owner>) {
    return requires { *std::declval<Owner>(); };
  };
  EXPECT_TRUE(gives_view(std::type_identity<sluice::retained_batch &>()));
  EXPECT_FALSE(gives_view(std::type_identity<sluice::retained_batch>()));
}

TEST(SourceLayer, SlotsThatMeanSomethingStayEmpty) {
  class Plain {
  public:
    explicit Plain(const sluice::source_context &) {}
    void start(const sluice::config &) {}
    sluice::source_batch poll(std::chrono::milliseconds) { return {}; }
  };
  constexpr sluice_connector_desc kPlain = sluice::source_connector<Plain>(kText);
  EXPECT_EQ(kPlain.source->wake, nullptr);
  EXPECT_EQ(kPlain.source->on_delivered, nullptr);
  EXPECT_EQ(kPlain.source->commit, nullptr);
  fake_host host;
  sluice::testing::source_run run(host, kPlain);
  run.start({});
  EXPECT_TRUE(run.poll(std::chrono::milliseconds(0)).empty());
  run.cancel();
  EXPECT_THROW(run.poll(std::chrono::milliseconds(0)), call_failed);
}

TEST(Context, LogsWhatIsOnAndFailsFromAnyThread) {
  fake_host host;
  host.log_level = SLUICE_LOG_INFO;
  sluice::detail::call_state state;
  const sluice::context context(fake_host::table(), host.ctx(), state);
  sluice::log::debug(context, "{}", "off");
  sluice::log::warn(context, "{} is on", 1);
  ASSERT_EQ(host.logs().size(), 1U);
  EXPECT_EQ(host.logs()[0].message, "1 is on");
  std::thread([&] { context.fail("lost"); }).join();
  EXPECT_EQ(host.failure(), "lost");
  EXPECT_FALSE(context.is_cancelled());
  state.stop.request_stop();
  EXPECT_TRUE(context.is_cancelled());
}

} // namespace
