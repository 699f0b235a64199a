#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <sluice/abi/plugin.h>

#include "host/plugin/connector.h"
#include "host/plugin/tables.h"

namespace host::plugin::test {

inline sluice_str str(const char *text) { return {text, std::string_view(text).size()}; }

// What the plugin functions below do; a test sets what it needs. One at a time, on one thread.
struct Behaviour {
  std::function<sluice_status(const sluice_host *, sluice_ctx *, sluice_error *)> create;
  std::function<sluice_status(const sluice_source_batch **, sluice_error *)> poll;
  std::function<sluice_status(const sluice_sink_batch *, sluice_error *)> put;
  std::function<sluice_status(sluice_tp *, std::size_t, sluice_error *)> pre_commit;
  std::function<sluice_status(const sluice_kv *, std::size_t, sluice_report *,
                              const sluice_report_api *, sluice_error *)>
      validate;
  int destroyed = 0;
  sluice_ctx *ctx = nullptr;
  const sluice_host *host = nullptr;
};
Behaviour &behaviour();

// A complete plugin in memory, whose tables a test may damage before it is negotiated.
struct InMemoryPlugin {
  InMemoryPlugin(std::int32_t kind = SLUICE_KIND_SOURCE);
  InMemoryPlugin(const InMemoryPlugin &) = delete;
  InMemoryPlugin &operator=(const InMemoryPlugin &) = delete;

  Result<Negotiated> negotiated() const { return negotiate(&desc, plugin); }
  std::shared_ptr<const Connector> connector() const;

  sluice_connector_vtbl object{};
  sluice_sink_task_vtbl sink{};
  sluice_source_task_vtbl source{};
  std::vector<const sluice_config_key *> keys;
  sluice_config_def config{};
  sluice_connector_desc desc{};
  sluice_plugin plugin{};
};

} // namespace host::plugin::test
