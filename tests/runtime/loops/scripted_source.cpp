#include "tests/runtime/loops/scripted_source.h"

#include <algorithm>
#include <atomic>
#include <map>

#include <gtest/gtest.h>

#include "host/plugin/context.h"
#include "host/plugin/tables.h"
#include "tests/runtime/loops/abi_text.h"
#include "tests/runtime/loops/fake_host.h"

namespace host::runtime::test {
namespace {

// Scripts by the task class of their connector, which is all that `create` can tell them by.
std::mutex g_mutex;
std::map<std::string, SourceScript *> g_scripts;
std::atomic<int> g_next{1};

SourceScript &script_of(const sluice_ctx &ctx) {
  std::lock_guard lock(g_mutex);
  return *g_scripts.at(ctx.class_name);
}

// A batch handed to the host: records as the ABI wants them, over text of its own.
struct HandedBatch {
  sluice_source_batch abi{};
  SourceScript *script = nullptr;
  std::vector<SourceRecord> records;
  std::vector<std::vector<sluice_header>> headers;
  std::vector<sluice_source_record> abi_records;
};

sluice_bytes bytes(const std::optional<std::string> &text) {
  if (!text)
    return {nullptr, 0};
  return {reinterpret_cast<const std::uint8_t *>(text->data()), text->size()};
}

} // namespace

// The plugin functions; `self` is the script.
struct SourceFunctions {
  static SourceScript &of(void *self) { return *static_cast<SourceScript *>(self); }

  static sluice_status answer(SourceScript &script, sluice_error *error,
                              const std::function<std::pair<sluice_status, std::string>()> &f) {
    if (!f)
      return SLUICE_OK;
    const auto [status, message] = f();
    if (status != SLUICE_OK)
      script.host->set_error(error, abi(message), nullptr, 0);
    return status;
  }
  static void note(SourceScript &script, const char *call) {
    std::lock_guard lock(script.mutex_);
    script.seen_.calls.push_back(call);
    script.changed_.notify_all();
  }

  static sluice_status create(const sluice_host *host, sluice_ctx *ctx, void **task,
                              sluice_error *error) {
    SourceScript &script = script_of(*ctx);
    script.host = host;
    script.ctx = ctx;
    note(script, "create");
    const auto status = answer(script, error, script.on_create);
    if (status == SLUICE_OK)
      *task = &script;
    return status;
  }
  static void destroy(void *self) { note(of(self), "destroy"); }

  static sluice_status start(void *self, const sluice_kv *config, size_t n, sluice_error *error) {
    SourceScript &script = of(self);
    note(script, "start");
    const auto *services = static_cast<const sluice_source_context *>(
        script.host->get_extension(script.ctx, abi(SLUICE_SOURCE_CONTEXT)));
    std::vector<std::uint32_t> ids;
    for (const auto &partition : script.ask_at_start) {
      std::uint32_t id = 0;
      if (services->intern_partition(script.ctx, abi(partition), &id, error) != SLUICE_OK)
        return SLUICE_E_FATAL;
      ids.push_back(id);
    }
    std::vector<std::optional<std::string>> found(ids.size());
    const auto status = services->read_offsets(
        script.ctx, ids.data(), ids.size(),
        [](void *into, size_t index, sluice_str text) {
          if (text.ptr != nullptr)
            (*static_cast<std::vector<std::optional<std::string>> *>(into))[index] =
                std::string(text.ptr, text.len);
        },
        &found, error);
    if (status != SLUICE_OK)
      return status;
    {
      std::lock_guard lock(script.mutex_);
      for (size_t i = 0; i < n; ++i)
        script.seen_.config.emplace_back(text(config[i].key), text(config[i].value));
      script.seen_.offsets_at_start = found;
      script.seen_.max_record_bytes = services->max_record_bytes(script.ctx);
      script.seen_.cancelled = false;
    }
    return answer(script, error, script.on_start);
  }

  static sluice_status poll(void *self, int64_t max_wait_ms, const sluice_source_batch **out,
                            sluice_error *error) {
    SourceScript &script = of(self);
    if (script.on_poll)
      script.on_poll();
    SourceScript::Step step;
    {
      std::unique_lock lock(script.mutex_);
      script.seen_.longest_wait_ms = std::max(script.seen_.longest_wait_ms, max_wait_ms);
      script.changed_.wait_for(lock, std::chrono::milliseconds(max_wait_ms), [&] {
        return script.woken_ || script.seen_.cancelled || !script.steps_.empty();
      });
      script.woken_ = false;
      if (script.seen_.cancelled)
        return SLUICE_E_CANCELLED;
      if (script.steps_.empty())
        return SLUICE_OK;
      step = std::move(script.steps_.front());
      script.steps_.pop_front();
    }
    if (step.status != SLUICE_OK) {
      script.host->set_error(error, abi(step.message), nullptr, 0);
      return step.status;
    }
    return hand_out(script, std::move(step.records), out, error);
  }

  static sluice_status hand_out(SourceScript &script, std::vector<SourceRecord> records,
                                const sluice_source_batch **out, sluice_error *error) {
    const auto *services = static_cast<const sluice_source_context *>(
        script.host->get_extension(script.ctx, abi(SLUICE_SOURCE_CONTEXT)));
    auto batch = std::make_unique<HandedBatch>();
    batch->script = &script;
    batch->records = std::move(records);
    batch->headers.resize(batch->records.size());
    for (size_t i = 0; i < batch->records.size(); ++i) {
      const SourceRecord &record = batch->records[i];
      for (const auto &[name, value] : record.headers)
        batch->headers[i].push_back(
            {abi(name),
             {{reinterpret_cast<const uint8_t *>(value.data()), value.size()},
              nullptr,
              nullptr,
              0}});
      sluice_source_record made{};
      made.topic = abi(record.topic);
      made.partition = record.kafka_partition;
      made.timestamp_ms = record.timestamp_ms;
      made.key.raw = bytes(record.key);
      made.value.raw = bytes(record.value);
      made.headers = batch->headers[i].data();
      made.n_headers = batch->headers[i].size();
      if (!record.partition_json.empty() &&
          services->intern_partition(script.ctx, abi(record.partition_json), &made.source_partition,
                                     error) != SLUICE_OK)
        return SLUICE_E_FATAL;
      if (!record.offset.empty())
        made.source_offset = abi(record.offset);
      batch->abi_records.push_back(made);
    }
    batch->abi = {sizeof batch->abi,
                  batch->abi_records.data(),
                  batch->abi_records.size(),
                  sizeof(sluice_source_record),
                  release,
                  batch.get()};
    {
      std::lock_guard lock(script.mutex_);
      ++script.seen_.batches_out;
      ++script.seen_.batches;
      script.changed_.notify_all();
    }
    *out = &batch.release()->abi;
    return SLUICE_OK;
  }

  static void release(const sluice_source_batch *abi_batch) {
    const std::unique_ptr<HandedBatch> batch(static_cast<HandedBatch *>(abi_batch->plugin_data));
    std::lock_guard lock(batch->script->mutex_);
    --batch->script->seen_.batches_out;
    batch->script->changed_.notify_all();
  }

  static sluice_status on_delivered(void *self, const sluice_source_batch *batch,
                                    const void *deliveries, size_t n, size_t stride,
                                    sluice_error *) {
    EXPECT_EQ(n, batch->n_records);
    std::lock_guard lock(of(self).mutex_);
    for (size_t i = 0; i < n; ++i)
      of(self).seen_.deliveries.push_back(*SLUICE_AT(sluice_delivery, deliveries, stride, i));
    of(self).changed_.notify_all();
    return SLUICE_OK;
  }
  static sluice_status commit(void *self, sluice_error *error) {
    {
      std::lock_guard lock(of(self).mutex_);
      ++of(self).seen_.commits;
      of(self).changed_.notify_all();
    }
    return answer(of(self), error, of(self).on_commit);
  }
  static sluice_status stop(void *self, sluice_error *) {
    note(of(self), "stop");
    return SLUICE_OK;
  }
  static void cancel(void *self) {
    std::lock_guard lock(of(self).mutex_);
    of(self).seen_.cancelled = true;
    of(self).changed_.notify_all();
  }
  static void wake(void *self) {
    std::lock_guard lock(of(self).mutex_);
    of(self).woken_ = true;
    of(self).changed_.notify_all();
  }
  static sluice_status task_configs(void *, int32_t, sluice_emit_task, void *, sluice_error *) {
    return SLUICE_OK;
  }
};

SourceScript::SourceScript() : id_("test.ScriptedSourceTask" + std::to_string(g_next++)) {
  std::lock_guard lock(g_mutex);
  g_scripts[id_] = this;
}

SourceScript::~SourceScript() {
  EXPECT_EQ(seen().batches_out, 0) << "batches were not released";
  std::lock_guard lock(g_mutex);
  g_scripts.erase(id_);
}

void SourceScript::feed(std::vector<SourceRecord> records) {
  std::lock_guard lock(mutex_);
  steps_.push_back({std::move(records), SLUICE_OK, ""});
  changed_.notify_all();
}

void SourceScript::feed_status(sluice_status status, std::string message) {
  std::lock_guard lock(mutex_);
  steps_.push_back({{}, status, std::move(message)});
  changed_.notify_all();
}

SourceScript::Seen SourceScript::seen() const {
  std::lock_guard lock(mutex_);
  return seen_;
}

bool SourceScript::wait_until(const std::function<bool(const Seen &)> &condition) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return condition(seen_); });
}

std::shared_ptr<const plugin::Connector> SourceScript::connector() {
  plugin::Descriptor descriptor;
  descriptor.class_name = "test.ScriptedSourceConnector";
  descriptor.task_class_name = id_;
  descriptor.kind = plugin::Kind::Source;
  plugin::Tables tables;
  using F = SourceFunctions;
  auto &source = tables.source;
  source.create = F::create;
  source.destroy = F::destroy;
  source.start = F::start;
  source.poll = F::poll;
  source.on_delivered = F::on_delivered;
  source.commit = F::commit;
  source.stop = F::stop;
  source.cancel = F::cancel;
  source.wake = F::wake;
  tables.has_on_delivered = with_on_delivered;
  tables.has_commit = true;
  tables.has_wake = with_wake;
  return std::make_shared<plugin::Connector>(descriptor,
                                             std::make_unique<const plugin::Tables>(tables));
}

} // namespace host::runtime::test
