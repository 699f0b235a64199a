#include "tests/runtime/loops/scripted_sink.h"

#include <atomic>

#include <gtest/gtest.h>

#include "host/plugin/context.h"
#include "host/plugin/tables.h"
#include "tests/runtime/loops/abi_text.h"
#include "tests/runtime/loops/fake_host.h"

namespace host::runtime::test {
namespace {

// Scripts by the task class of their connector, which is all that `create` can tell them by.
std::mutex g_mutex;
std::map<std::string, SinkScript *> g_scripts;
std::atomic<int> g_next{1};

SinkScript &script_of(const sluice_ctx &ctx) {
  std::lock_guard lock(g_mutex);
  return *g_scripts.at(ctx.class_name);
}

std::optional<std::string> datum_text(const sluice_datum &datum) {
  if (datum.raw.ptr != nullptr)
    return std::string(reinterpret_cast<const char *>(datum.raw.ptr), datum.raw.len);
  if (datum.n_cells == 1 &&
      (datum.cells[0].type == SLUICE_STRING || datum.cells[0].type == SLUICE_BYTES))
    return std::string(reinterpret_cast<const char *>(datum.cells[0].u.p), datum.cells[0].n);
  if (datum.n_cells > 0)
    return "(" + std::to_string(datum.n_cells) + " cells)";
  return std::nullopt;
}

PutRecord taken(const sluice_sink_batch &batch, std::size_t i) {
  const auto &from = *SLUICE_AT(sluice_sink_record, batch.records, batch.record_stride, i);
  PutRecord record;
  record.topic = text(batch.topics[from.topic]);
  record.partition = from.partition;
  record.offset = from.offset;
  record.timestamp_ms = from.timestamp_ms;
  record.key = datum_text(from.key);
  record.value = datum_text(from.value);
  record.as_cell = from.value.n_cells > 0;
  for (std::uint32_t k = 0; k < from.n_headers; ++k)
    record.headers.emplace_back(text(from.headers[k].key),
                                datum_text(from.headers[k].value).value_or("(null)"));
  return record;
}

std::string list(const sluice_tp *tps, std::size_t n, bool offsets) {
  std::string all;
  for (std::size_t i = 0; i < n; ++i) {
    all += " " + text(tps[i].topic) + "-" + std::to_string(tps[i].partition);
    if (offsets)
      all += "@" + std::to_string(tps[i].offset);
  }
  return all;
}

} // namespace

// The plugin functions; `self` is the script.
struct SinkFunctions {
  static SinkScript &of(void *self) { return *static_cast<SinkScript *>(self); }

  static sluice_status give(SinkScript &script, const SinkScript::Answer &answer,
                            sluice_error *error) {
    if (answer.first != SLUICE_OK)
      script.host->set_error(error, abi(answer.second), nullptr, 0);
    return answer.first;
  }
  static void note(SinkScript &script, const std::string &call) {
    std::lock_guard lock(script.mutex_);
    script.seen_.calls.push_back(call);
    script.changed_.notify_all();
  }

  static sluice_status create(const sluice_host *host, sluice_ctx *ctx, void **task,
                              sluice_error *) {
    SinkScript &script = script_of(*ctx);
    script.host = host;
    script.ctx = ctx;
    note(script, "create");
    *task = &script;
    return SLUICE_OK;
  }
  static void destroy(void *self) { note(of(self), "destroy"); }
  static sluice_status start(void *self, const sluice_kv *, size_t, sluice_error *error) {
    note(of(self), "start");
    return of(self).on_start ? give(of(self), of(self).on_start(), error)
                             : sluice_status{SLUICE_OK};
  }
  static sluice_status open(void *self, const sluice_tp *tps, size_t n, sluice_error *error) {
    note(of(self), "open" + list(tps, n, true));
    return of(self).on_open ? give(of(self), of(self).on_open(tps, n), error)
                            : sluice_status{SLUICE_OK};
  }
  static sluice_status put(void *self, const sluice_sink_batch *batch, sluice_error *error) {
    SinkScript &script = of(self);
    const SinkScript::Answer answer =
        script.on_put ? script.on_put(*batch) : SinkScript::Answer(SLUICE_OK, "");
    std::lock_guard lock(script.mutex_);
    ++script.seen_.puts;
    script.seen_.empty_puts += batch->n_records == 0;
    if (answer.first == SLUICE_OK)
      for (std::size_t i = 0; i < batch->n_records; ++i)
        script.seen_.records.push_back(taken(*batch, i));
    script.changed_.notify_all();
    return give(script, answer, error);
  }
  static sluice_status pre_commit(void *self, sluice_tp *tps, size_t n, sluice_error *error) {
    const SinkScript::Answer answer =
        of(self).on_pre_commit ? of(self).on_pre_commit(tps, n) : SinkScript::Answer(SLUICE_OK, "");
    std::lock_guard lock(of(self).mutex_);
    ++of(self).seen_.pre_commits;
    of(self).changed_.notify_all();
    return give(of(self), answer, error);
  }
  static sluice_status close(void *self, const sluice_tp *tps, size_t n, int32_t lost,
                             sluice_error *error) {
    note(of(self), (lost ? "lost" : "close") + list(tps, n, false));
    return of(self).on_close ? give(of(self), of(self).on_close(), error)
                             : sluice_status{SLUICE_OK};
  }
  static sluice_status stop(void *self, sluice_error *error) {
    note(of(self), "stop");
    return of(self).on_stop ? give(of(self), of(self).on_stop(), error) : sluice_status{SLUICE_OK};
  }
  static void cancel(void *self) {
    std::lock_guard lock(of(self).mutex_);
    of(self).seen_.cancelled = true;
    of(self).changed_.notify_all();
  }
};

SinkScript::SinkScript() : id_("test.ScriptedSinkTask" + std::to_string(g_next++)) {
  std::lock_guard lock(g_mutex);
  g_scripts[id_] = this;
}

SinkScript::~SinkScript() {
  std::lock_guard lock(g_mutex);
  g_scripts.erase(id_);
}

SinkScript::Seen SinkScript::seen() const {
  std::lock_guard lock(mutex_);
  return seen_;
}

bool SinkScript::wait_until(const std::function<bool(const Seen &)> &condition) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return condition(seen_); });
}

std::vector<std::string> SinkScript::values() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> values;
  for (const PutRecord &record : seen_.records)
    values.push_back(record.value.value_or("(null)"));
  return values;
}

const sluice_sink_context &SinkScript::services() const {
  return *static_cast<const sluice_sink_context *>(
      host->get_extension(ctx, abi(SLUICE_SINK_CONTEXT)));
}

std::shared_ptr<const plugin::Connector> SinkScript::connector(std::uint32_t forms) {
  plugin::Descriptor descriptor;
  descriptor.class_name = "test.ScriptedSinkConnector";
  descriptor.task_class_name = id_;
  descriptor.kind = plugin::Kind::Sink;
  descriptor.forms = forms;
  plugin::Tables tables;
  using F = SinkFunctions;
  auto &sink = tables.sink;
  sink.create = F::create;
  sink.destroy = F::destroy;
  sink.start = F::start;
  sink.open = F::open;
  sink.put = F::put;
  sink.pre_commit = F::pre_commit;
  sink.close = F::close;
  sink.stop = F::stop;
  sink.cancel = F::cancel;
  return std::make_shared<plugin::Connector>(descriptor,
                                             std::make_unique<const plugin::Tables>(tables));
}

} // namespace host::runtime::test
