#include "host/plugin/connector_object.h"

#include <utility>

#include "host/plugin/call.h"
#include "host/plugin/config_kv.h"
#include "host/plugin/context.h"
#include "host/plugin/create.h"
#include "host/plugin/tables.h"

namespace host::plugin {
namespace {

class Calls final : public ConnectorCalls {
public:
  explicit Calls(ConnectorEvents events) : events_(std::move(events)) {}

  Status request_reconfigure() override {
    events_.reconfigure_requested();
    return {};
  }
  void failed(Error error) override { events_.failed(std::move(error)); }

private:
  ConnectorEvents events_;
};

sluice_status take_config(void *into, const sluice_kv *config, std::size_t n) noexcept {
  auto &configs = *static_cast<std::vector<StringMap> *>(into);
  StringMap map;
  for (std::size_t i = 0; config != nullptr && i < n; ++i)
    map.set(view(config[i].key), std::string(view(config[i].value)));
  configs.push_back(std::move(map));
  return SLUICE_OK;
}

} // namespace

ConnectorObject::ConnectorObject(std::shared_ptr<const Connector> connector, sluice_ctx &ctx)
    : connector_(std::move(connector)), ctx_(ctx) {}

Result<std::unique_ptr<ConnectorObject>>
ConnectorObject::create(std::shared_ptr<const Connector> connector, const std::string &name,
                        ConnectorEvents events) {
  auto &ctx = make_context(ContextKind::Connector, connector->class_name(),
                           log::connector_context(name), std::make_shared<Calls>(std::move(events)),
                           std::make_shared<data::SchemaPool>());
  std::unique_ptr<ConnectorObject> object(new ConnectorObject(std::move(connector), ctx));
  const auto &table = object->connector_->tables().object;
  HOST_TRY(create_with(table.create, ctx, "connector.create", object->object_));
  return object;
}

ConnectorObject::~ConnectorObject() {
  if (object_ != nullptr)
    call_void(ctx_.class_name, "connector.destroy",
              [&] { connector_->tables().object.destroy(object_); });
  ctx_.close();
}

Status ConnectorObject::start(const StringMap &config) {
  const ConfigKv kv(config);
  return call(ctx_.class_name, "connector.start", [&](sluice_error *error) {
    return connector_->tables().object.start(object_, kv.data(), kv.size(), error);
  });
}

Result<std::vector<StringMap>> ConnectorObject::task_configs(std::int32_t max_tasks) {
  std::vector<StringMap> configs;
  HOST_TRY(call(ctx_.class_name, "connector.task_configs", [&](sluice_error *error) {
    return connector_->tables().object.task_configs(object_, max_tasks, take_config, &configs,
                                                    error);
  }));
  return configs;
}

Status ConnectorObject::stop() {
  return call(ctx_.class_name, "connector.stop", [&](sluice_error *error) {
    return connector_->tables().object.stop(object_, error);
  });
}

void ConnectorObject::cancel() {
  ctx_.cancelled.store(true, std::memory_order_release);
  call_void(ctx_.class_name, "connector.cancel",
            [&] { connector_->tables().object.cancel(object_); });
}

} // namespace host::plugin
