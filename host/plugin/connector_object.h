#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/base/error.h"
#include "host/base/strings.h"
#include "host/plugin/connector.h"

struct sluice_ctx;

namespace host::plugin {

// What a connector object says by itself, from any thread of the plugin, also while it is being
// called. Must not block.
struct ConnectorEvents {
  std::function<void()> reconfigure_requested;
  std::function<void(Error)> failed;
};

// One connector object of a plugin. Made, called and destroyed on one thread at a time ([control]);
// cancel() may come from any. Destroying it destroys the plugin's object, so nothing of the plugin
// may still be called for it.
class ConnectorObject {
public:
  // Calls the plugin's create.
  static Result<std::unique_ptr<ConnectorObject>> create(std::shared_ptr<const Connector> connector,
                                                         const std::string &name,
                                                         ConnectorEvents events);
  ~ConnectorObject();
  ConnectorObject(const ConnectorObject &) = delete;
  ConnectorObject &operator=(const ConnectorObject &) = delete;

  Status start(const StringMap &config);
  // The configurations of its tasks, as the plugin gave them.
  Result<std::vector<StringMap>> task_configs(std::int32_t max_tasks);
  Status stop();
  void cancel(); // any thread

private:
  ConnectorObject(std::shared_ptr<const Connector> connector, sluice_ctx &ctx);

  std::shared_ptr<const Connector> connector_;
  sluice_ctx &ctx_;
  void *object_ = nullptr;
};

} // namespace host::plugin
