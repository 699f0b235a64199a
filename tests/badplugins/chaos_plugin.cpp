#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "harm.h"
#include "sluice/config.hpp"
#include "sluice/plugin.hpp"

// A source and a sink that work, until the call that their configuration names does what it names.
// Written on the bare ABI, because the C++ layer would catch what must get out.
namespace {

inline constexpr sluice::key<std::optional<std::string>> kWhere{
    .name = "chaos.where",
    .doc = "The call: create, start, open, poll, put, pre_commit, on_delivered, commit, close, "
           "stop, cancel, destroy, release, validate, connector.create, connector.start, "
           "task_configs, connector.stop. create and destroy take theirs from CHAOS_WHERE and "
           "CHAOS_WHAT in the environment too"};
inline constexpr sluice::key<std::optional<std::string>> kWhat{
    .name = "chaos.what",
    .doc = "segv, abort, exit, throw, loop, deadlock, oom, closefds, logflood, blockforever; or a "
           "status to return: fatal, retry, config, data, cancelled, unsupported, 9999"};
inline constexpr sluice::key<std::int64_t> kAfter{
    .name = "chaos.after", .by_default = 1, .doc = "The how manieth such call it is"};
inline constexpr sluice::key<std::optional<std::string>> kOnceFile{
    .name = "chaos.once.file",
    .doc = "Made before the harm is done; as long as it exists, none is done again"};
inline constexpr sluice::key<std::string> kTopic{
    .name = "topic", .by_default = "chaos", .doc = "Of the source's records"};
inline constexpr sluice::key<std::int64_t> kIntervalMs{
    .name = "interval.ms", .by_default = 10, .doc = "Between two records of the source"};

sluice_status status_named(std::string_view what) {
  constexpr std::string_view kNames[] = {"",     "fatal",     "retry",      "config",
                                         "data", "cancelled", "unsupported"};
  const auto *const found = std::find(std::begin(kNames), std::end(kNames), what);
  if (found != std::end(kNames))
    return static_cast<sluice_status>(found - std::begin(kNames));
  return what == "9999" ? 9999 : SLUICE_OK;
}

// What a configuration asks for.
class Plan {
public:
  Plan() = default;
  explicit Plan(const sluice::config &settings)
      : where_(settings[kWhere].value_or("")), what_(settings[kWhat].value_or("")),
        after_(settings[kAfter]), once_file_(settings[kOnceFile]) {}

  // Does its harm, if this is the call. Returns the status that the call is to end with.
  sluice_status at(std::string_view call, const sluice_host *host, sluice_ctx *ctx,
                   sluice_error *error) {
    if (call != where_ || ++calls_ != after_ || !is_first_time())
      return SLUICE_OK;
    badplugins::do_harm(what_, host, ctx);
    const sluice_status status = status_named(what_);
    if (status != SLUICE_OK && host != nullptr)
      host->set_error(error, sluice::to_abi("chaos: " + what_ + " in " + where_), nullptr, 0);
    return status;
  }

private:
  bool is_first_time() const {
    if (!once_file_)
      return true;
    const int fd = ::open(once_file_->c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
    if (fd >= 0)
      ::close(fd);
    return fd >= 0;
  }

  std::string where_;
  std::string what_;
  std::int64_t after_ = 1;
  std::int64_t calls_ = 0;
  std::optional<std::string> once_file_;
};

struct Object {
  const sluice_host *host;
  sluice_ctx *ctx;
  Plan plan{};
  std::string topic{};
  std::chrono::milliseconds interval{0};
  sluice_source_record record{};
  sluice_source_batch batch{};
  std::atomic<bool> is_out = false;
};

Object &of(void *self) { return *static_cast<Object *>(self); }

template <const char *Call> sluice_status pass(void *self, sluice_error *error) {
  return of(self).plan.at(Call, of(self).host, of(self).ctx, error);
}

// Calls that come before there is a configuration take it from the environment.
Plan plan_of_environment() {
  sluice::config settings;
  if (const char *const where = std::getenv("CHAOS_WHERE"))
    settings.set(kWhere.name, where);
  if (const char *const what = std::getenv("CHAOS_WHAT"))
    settings.set(kWhat.name, what);
  return Plan(settings);
}

sluice_status create(const char *call, const sluice_host *host, sluice_ctx *ctx, void **self,
                     sluice_error *error) {
  const sluice_status status = plan_of_environment().at(call, host, ctx, error);
  if (status == SLUICE_OK)
    *self = new Object{.host = host, .ctx = ctx};
  return status;
}

sluice_status start(const char *call, void *self, const sluice_kv *entries, size_t n,
                    sluice_error *error) {
  const sluice::config settings(entries, n);
  Object &object = of(self);
  object.plan = Plan(settings);
  object.topic = settings[kTopic];
  object.interval = std::chrono::milliseconds(settings[kIntervalMs]);
  return object.plan.at(call, object.host, object.ctx, error);
}

void destroy(void *self) {
  of(self).plan.at("destroy", of(self).host, of(self).ctx, nullptr);
  delete static_cast<Object *>(self);
}

void cancel(void *self) { of(self).plan.at("cancel", of(self).host, of(self).ctx, nullptr); }

void release(const sluice_source_batch *batch) {
  Object &object = of(batch->plugin_data);
  object.plan.at("release", object.host, object.ctx, nullptr);
  object.is_out = false;
}

// One constant record per interval; one batch at a time.
sluice_status poll(void *self, int64_t max_wait_ms, const sluice_source_batch **out,
                   sluice_error *error) {
  Object &object = of(self);
  *out = nullptr;
  if (const auto status = object.plan.at("poll", object.host, object.ctx, error))
    return status;
  std::this_thread::sleep_for(std::min(object.interval, std::chrono::milliseconds(max_wait_ms)));
  if (object.is_out.exchange(true))
    return SLUICE_OK;
  object.record.topic = sluice::to_abi(object.topic);
  object.record.partition = -1;
  object.record.timestamp_ms = -1;
  object.record.value = sluice::datum::bytes("chaos");
  object.batch = {.struct_size = sizeof(sluice_source_batch),
                  .records = &object.record,
                  .n_records = 1,
                  .record_stride = sizeof(sluice_source_record),
                  .release = release,
                  .plugin_data = self};
  *out = &object.batch;
  return SLUICE_OK;
}

// The connector remembers its configuration, because its tasks get the same.
struct ConnectorObject : Object {
  sluice::config settings;
};

sluice_status create_connector(const sluice_host *host, sluice_ctx *ctx, void **self,
                               sluice_error *error) {
  const auto status = plan_of_environment().at("connector.create", host, ctx, error);
  if (status == SLUICE_OK)
    *self = static_cast<Object *>(new ConnectorObject{{.host = host, .ctx = ctx}, {}});
  return status;
}

ConnectorObject &connector(void *self) { return static_cast<ConnectorObject &>(of(self)); }

sluice_status task_configs(void *self, int32_t, sluice_emit_task emit, void *emit_ctx,
                           sluice_error *error) {
  Object &object = of(self);
  if (const auto status = object.plan.at("task_configs", object.host, object.ctx, error))
    return status;
  std::vector<sluice_kv> entries;
  for (const auto &[key, value] : connector(self).settings.entries())
    entries.push_back({sluice::to_abi(key), sluice::to_abi(value)});
  return emit(emit_ctx, entries.data(), entries.size());
}

constexpr char kStop[] = "stop";
constexpr char kConnectorStop[] = "connector.stop";
constexpr char kCommit[] = "commit";

constexpr sluice_connector_vtbl kConnectorCalls{
    .struct_size = sizeof(sluice_connector_vtbl),
    .create = create_connector,
    .destroy = [](void *self) { delete &connector(self); },
    .start =
        [](void *self, const sluice_kv *entries, size_t n, sluice_error *error) {
          connector(self).settings = sluice::config(entries, n);
          return start("connector.start", self, entries, n, error);
        },
    .task_configs = task_configs,
    .stop = pass<kConnectorStop>,
    .cancel = nullptr,
    .validate =
        [](const sluice_host *host, const sluice_kv *entries, size_t n, sluice_report *,
           const sluice_report_api *, sluice_error *error) {
          return Plan(sluice::config(entries, n)).at("validate", host, nullptr, error);
        },
    .exactly_once_support = nullptr,
    .can_define_transactions = nullptr};

constexpr sluice_source_task_vtbl kSourceCalls{
    .struct_size = sizeof(sluice_source_task_vtbl),
    .create = [](const sluice_host *host, sluice_ctx *ctx, void **self,
                 sluice_error *error) { return create("create", host, ctx, self, error); },
    .destroy = destroy,
    .start = [](void *self, const sluice_kv *entries, size_t n,
                sluice_error *error) { return start("start", self, entries, n, error); },
    .poll = poll,
    .on_delivered =
        [](void *self, const sluice_source_batch *, const void *, size_t, size_t,
           sluice_error *error) {
          return of(self).plan.at("on_delivered", of(self).host, of(self).ctx, error);
        },
    .commit = pass<kCommit>,
    .stop = pass<kStop>,
    .cancel = cancel,
    .wake = nullptr};

template <const char *Call>
sluice_status pass_partitions(void *self, const sluice_tp *, size_t, sluice_error *error) {
  return pass<Call>(self, error);
}
constexpr char kOpen[] = "open";

constexpr sluice_sink_task_vtbl kSinkCalls{
    .struct_size = sizeof(sluice_sink_task_vtbl),
    .create = kSourceCalls.create,
    .destroy = destroy,
    .start = kSourceCalls.start,
    .open = pass_partitions<kOpen>,
    .put =
        [](void *self, const sluice_sink_batch *, sluice_error *error) {
          return of(self).plan.at("put", of(self).host, of(self).ctx, error);
        },
    .pre_commit =
        [](void *self, sluice_tp *, size_t, sluice_error *error) {
          return of(self).plan.at("pre_commit", of(self).host, of(self).ctx, error);
        },
    .close =
        [](void *self, const sluice_tp *, size_t, int32_t, sluice_error *error) {
          return of(self).plan.at("close", of(self).host, of(self).ctx, error);
        },
    .stop = pass<kStop>,
    .cancel = cancel};

constexpr sluice_connector_desc describe(int32_t kind, std::string_view class_name) {
  sluice_connector_desc desc{};
  desc.struct_size = sizeof desc;
  desc.kind = kind;
  desc.forms = SLUICE_FORM_BYTES | SLUICE_FORM_VALUE;
  desc.class_name = sluice::to_abi(class_name);
  desc.version = sluice::to_abi("1.0");
  desc.summary = sluice::to_abi("Does harm where its configuration says");
  desc.config = &sluice::keys<kWhere, kWhat, kAfter, kOnceFile, kTopic, kIntervalMs>;
  desc.connector = &kConnectorCalls;
  desc.sink = kind == SLUICE_KIND_SINK ? &kSinkCalls : nullptr;
  desc.source = kind == SLUICE_KIND_SOURCE ? &kSourceCalls : nullptr;
  return desc;
}

} // namespace

SLUICE_PLUGIN("chaos", "1.0", describe(SLUICE_KIND_SOURCE, "sluice.test.ChaosSourceConnector"),
              describe(SLUICE_KIND_SINK, "sluice.test.ChaosSinkConnector"));
