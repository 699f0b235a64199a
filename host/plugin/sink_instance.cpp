#include "host/plugin/sink_instance.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "host/plugin/call.h"
#include "host/plugin/config_kv.h"
#include "host/plugin/create.h"
#include "host/plugin/tables.h"

namespace host::plugin {

SinkInstance::SinkInstance(std::shared_ptr<const Connector> connector, sluice_ctx &ctx)
    : connector_(std::move(connector)), ctx_(ctx) {}

Result<std::unique_ptr<SinkInstance>>
SinkInstance::create(std::shared_ptr<const Connector> connector, const TaskId &task,
                     std::shared_ptr<SinkCalls> calls, std::shared_ptr<data::SchemaPool> schemas) {
  auto &ctx = make_context(ContextKind::Sink, connector->descriptor().task_class_name,
                           log::task_context(task.connector, task.number), std::move(calls),
                           std::move(schemas));
  ctx.owner_thread = std::this_thread::get_id();
  std::unique_ptr<SinkInstance> instance(new SinkInstance(std::move(connector), ctx));
  const auto &table = instance->connector_->tables().sink;
  HOST_TRY(create_with(table.create, ctx, "create", instance->task_));
  return instance;
}

SinkInstance::~SinkInstance() {
  if (task_ != nullptr)
    call_void(ctx_.class_name, "destroy", [&] { connector_->tables().sink.destroy(task_); });
  ctx_.close();
}

Status SinkInstance::start(const StringMap &config) {
  const ConfigKv kv(config);
  return call(ctx_.class_name, "start", [&](sluice_error *error) {
    return connector_->tables().sink.start(task_, kv.data(), kv.size(), error);
  });
}

Status SinkInstance::open(std::span<const sluice_tp> partitions) {
  return call(ctx_.class_name, "open", [&](sluice_error *error) {
    return connector_->tables().sink.open(task_, partitions.data(), partitions.size(), error);
  });
}

Status SinkInstance::put(const sluice_sink_batch &batch) {
  return call(ctx_.class_name, "put", [&](sluice_error *error) {
    return connector_->tables().sink.put(task_, &batch, error);
  });
}

Status SinkInstance::pre_commit(std::span<sluice_tp> offsets) {
  const std::vector<sluice_tp> offered(offsets.begin(), offsets.end());
  HOST_TRY(call(ctx_.class_name, "pre_commit", [&](sluice_error *error) {
    return connector_->tables().sink.pre_commit(task_, offsets.data(), offsets.size(), error);
  }));
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    const std::int64_t answer = offsets[i].offset;
    offsets[i] = offered[i];
    if (answer > offered[i].offset || answer < -1) {
      report_misbehaviour(ctx_.class_name,
                          fmt::format("pre_commit gave offset {} for {}-{}, which is at {}; it is "
                                      "left out",
                                      answer, view(offered[i].topic), offered[i].partition,
                                      offered[i].offset));
      offsets[i].offset = -1;
    } else {
      offsets[i].offset = answer;
    }
  }
  return {};
}

Status SinkInstance::close(std::span<const sluice_tp> partitions, bool lost) {
  return call(ctx_.class_name, "close", [&](sluice_error *error) {
    return connector_->tables().sink.close(task_, partitions.data(), partitions.size(),
                                           lost ? 1 : 0, error);
  });
}

Status SinkInstance::stop() {
  return call(ctx_.class_name, "stop",
              [&](sluice_error *error) { return connector_->tables().sink.stop(task_, error); });
}

void SinkInstance::cancel() noexcept {
  ctx_.cancelled.store(true, std::memory_order_release);
  call_void(ctx_.class_name, "cancel", [&] { connector_->tables().sink.cancel(task_); });
}

} // namespace host::plugin
