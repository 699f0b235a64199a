#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/log.h"
#include "host/config/config_infos.h"
#include "host/herder/herder.h"
#include "host/herder/snapshot.h"

// The JSON of replies, field by field in the order of contract 2.3 with 17·2.
namespace host::rest {

std::string config_json(const StringMap &config);
std::string connector_info_json(const herder::ConnectorView &connector);
// Only for a connector that has a status.
std::string connector_status_json(const herder::ConnectorView &connector);
std::string task_status_json(std::int32_t task, const herder::PartStatus &status);
std::string tasks_json(const herder::ConnectorView &connector);
std::string topics_json(std::string_view connector, const std::vector<std::string> &topics);
std::string offsets_json(const std::vector<herder::ConnectorOffset> &offsets);
std::string plugins_json(const std::vector<herder::PluginInfo> &plugins);
std::string config_keys_json(const std::vector<config::ConfigKey> &keys);
std::string config_infos_json(const config::ConfigInfos &infos);

// What `GET /connectors?expand=…` asks for; shown in the order asked.
enum class Expansion : std::uint8_t { Status = 1, Info };
std::string connector_names_json(const herder::Snapshot &snapshot);
// A connector without a status is left out where statuses are asked for.
std::string expanded_json(const herder::Snapshot &snapshot,
                          const std::vector<Expansion> &expansions);

} // namespace host::rest
