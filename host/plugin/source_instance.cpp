#include "host/plugin/source_instance.h"

#include <utility>

#include <fmt/format.h>

#include "host/plugin/call.h"
#include "host/plugin/config_kv.h"
#include "host/plugin/create.h"
#include "host/plugin/tables.h"

namespace host::plugin {

SourceInstance::SourceInstance(std::shared_ptr<const Connector> connector, sluice_ctx &ctx)
    : connector_(std::move(connector)), ctx_(ctx) {}

Result<std::unique_ptr<SourceInstance>>
SourceInstance::create(std::shared_ptr<const Connector> connector, const TaskId &task,
                       std::shared_ptr<SourceCalls> calls,
                       std::shared_ptr<data::SchemaPool> schemas) {
  auto &ctx = make_context(ContextKind::Source, connector->descriptor().task_class_name,
                           log::task_context(task.connector, task.number), std::move(calls),
                           std::move(schemas));
  ctx.owner_thread = std::this_thread::get_id();
  std::unique_ptr<SourceInstance> instance(new SourceInstance(std::move(connector), ctx));
  const auto &table = instance->connector_->tables().source;
  HOST_TRY(create_with(table.create, ctx, "create", instance->task_));
  return instance;
}

SourceInstance::~SourceInstance() {
  if (task_ != nullptr)
    call_void(ctx_.class_name, "destroy", [&] { connector_->tables().source.destroy(task_); });
  ctx_.close();
}

Status SourceInstance::start(const StringMap &config) {
  const ConfigKv kv(config);
  return call(ctx_.class_name, "start", [&](sluice_error *error) {
    return connector_->tables().source.start(task_, kv.data(), kv.size(), error);
  });
}

Result<SourceBatch> SourceInstance::poll(std::int64_t max_wait_ms) {
  const sluice_source_batch *batch = nullptr;
  HOST_TRY(call(ctx_.class_name, "poll", [&](sluice_error *error) {
    return connector_->tables().source.poll(task_, max_wait_ms, &batch, error);
  }));
  if (batch == nullptr)
    return SourceBatch{};
  return checked(batch);
}

Result<SourceBatch> SourceInstance::checked(const sluice_source_batch *batch) {
  const auto wrong = [&](std::string_view what) {
    report_misbehaviour(ctx_.class_name, fmt::format("poll gave a batch {}", what));
    return fail(Code::Fatal, fmt::format("plugin misbehaving: poll gave a batch {}", what));
  };
  // Without release there is no way to give anything back.
  if (!SLUICE_HAS(sluice_source_batch, batch, release))
    return wrong("without a release function");
  SourceBatch result{batch, static_cast<const unsigned char *>(batch->records), batch->n_records,
                     batch->record_stride};
  const bool no_records = result.size > 0 && result.records == nullptr;
  // The smallest record that any header had.
  const bool short_stride =
      result.size > 0 && result.stride < SLUICE_END(sluice_source_record, source_offset);
  if (no_records || short_stride) {
    release(result);
    return no_records ? wrong(fmt::format("of {} records at a null address", result.size))
                      : wrong(fmt::format("with a record_stride of {}", result.stride));
  }
  return result;
}

Status SourceInstance::on_delivered(const SourceBatch &batch,
                                    std::span<const sluice_delivery> deliveries) {
  return call(ctx_.class_name, "on_delivered", [&](sluice_error *error) {
    return connector_->tables().source.on_delivered(
        task_, batch.handle, deliveries.data(), deliveries.size(), sizeof(sluice_delivery), error);
  });
}

Status SourceInstance::commit() {
  return call(ctx_.class_name, "commit", [&](sluice_error *error) {
    return connector_->tables().source.commit(task_, error);
  });
}

Status SourceInstance::stop() {
  return call(ctx_.class_name, "stop",
              [&](sluice_error *error) { return connector_->tables().source.stop(task_, error); });
}

void SourceInstance::release(const SourceBatch &batch) noexcept {
  call_void(ctx_.class_name, "release", [&] { batch.handle->release(batch.handle); });
}

void SourceInstance::cancel() noexcept {
  ctx_.cancelled.store(true, std::memory_order_release);
  call_void(ctx_.class_name, "cancel", [&] { connector_->tables().source.cancel(task_); });
}

void SourceInstance::wake() noexcept {
  call_void(ctx_.class_name, "wake", [&] { connector_->tables().source.wake(task_); });
}

bool SourceInstance::wants_deliveries() const { return connector_->tables().has_on_delivered; }
bool SourceInstance::wants_commit() const { return connector_->tables().has_commit; }
bool SourceInstance::can_wake() const { return connector_->tables().has_wake; }

} // namespace host::plugin
