#include "host/rest/entities.h"

#include <algorithm>

#include "host/json/writer.h"

namespace host::rest {
namespace {

using herder::ConnectorView;
using herder::PartStatus;
using json::Writer;

std::string_view type_of(const ConnectorView &connector) {
  return connector.kind ? plugin::name_of(*connector.kind) : "unknown";
}

void write_info(Writer &out, const ConnectorView &connector) {
  out.begin_object().field("name", connector.name).field("config", connector.config);
  out.key("tasks").begin_array();
  for (std::size_t i = 0; i < connector.task_configs.size(); ++i)
    out.begin_object().field("connector", connector.name).field("task", i).end_object();
  out.end_array().field("type", type_of(connector)).end_object();
}

// Without the closing brace's sister: the caller opens the object, a task's has its id first.
void write_part(Writer &out, const PartStatus &status) {
  out.field("state", name_of(status.state)).field("worker_id", status.worker_id).key("version");
  if (status.version)
    out.value(*status.version);
  else
    out.null();
  if (!status.trace.empty())
    out.field("trace", status.trace);
  out.end_object();
}

void write_status(Writer &out, const ConnectorView &connector) {
  out.begin_object().field("name", connector.name).key("connector").begin_object();
  write_part(out, *connector.status);
  out.key("tasks").begin_array();
  for (const auto &[number, status] : connector.tasks) {
    out.begin_object().field("id", number);
    write_part(out, status);
  }
  out.end_array().field("type", type_of(connector)).end_object();
}

void write_strings(Writer &out, const std::vector<std::string> &items) {
  out.begin_array();
  for (const std::string &item : items)
    out.value(item);
  out.end_array();
}

void write_optional(Writer &out, std::string_view name, bool present, std::string_view text) {
  out.key(name);
  if (present)
    out.value(text);
  else
    out.null();
}

void write_key(Writer &out, const config::ConfigKey &key) {
  const bool has_default = key.default_value && !config::is_null(*key.default_value);
  out.begin_object().field("name", key.name).field("type", name_of(key.type));
  out.field("required", key.required());
  write_optional(out, "default_value", has_default,
                 has_default ? config::to_text(*key.default_value) : std::string());
  out.field("importance", name_of(key.importance)).field("documentation", key.documentation);
  write_optional(out, "group", !key.group.empty(), key.group);
  out.field("order_in_group", key.order_in_group).field("width", name_of(key.width));
  out.field("display_name", key.shown_name()).key("dependents");
  write_strings(out, key.dependents);
  out.end_object();
}

void write_value(Writer &out, const config::ConfigValue &value) {
  const bool present = !config::is_null(value.value);
  out.begin_object().field("name", value.name);
  write_optional(out, "value", present, present ? config::to_text(value.value) : std::string());
  out.key("recommended_values");
  write_strings(out, value.recommended_values);
  out.key("errors");
  write_strings(out, value.errors);
  out.field("visible", value.visible).end_object();
}

template <class Write> std::string written(Write write) {
  std::string text;
  Writer out(text);
  write(out);
  return text;
}

} // namespace

std::string config_json(const StringMap &config) {
  return written([&](Writer &out) { out.value(config); });
}

std::string connector_info_json(const ConnectorView &connector) {
  return written([&](Writer &out) { write_info(out, connector); });
}

std::string connector_status_json(const ConnectorView &connector) {
  return written([&](Writer &out) { write_status(out, connector); });
}

std::string task_status_json(std::int32_t task, const PartStatus &status) {
  return written([&](Writer &out) {
    out.begin_object().field("id", task);
    write_part(out, status);
  });
}

std::string tasks_json(const ConnectorView &connector) {
  return written([&](Writer &out) {
    out.begin_array();
    for (std::size_t i = 0; i < connector.task_configs.size(); ++i) {
      out.begin_object().key("id").begin_object().field("connector", connector.name);
      out.field("task", i).end_object().key("config");
      out.value(connector.task_configs[i]);
      out.end_object();
    }
    out.end_array();
  });
}

std::string topics_json(std::string_view connector, const std::vector<std::string> &topics) {
  return written([&](Writer &out) {
    out.begin_object().key(connector).begin_object().key("topics");
    write_strings(out, topics);
    out.end_object().end_object();
  });
}

std::string offsets_json(const std::vector<herder::ConnectorOffset> &offsets) {
  return written([&](Writer &out) {
    out.begin_object().key("offsets").begin_array();
    for (const herder::ConnectorOffset &offset : offsets) {
      out.begin_object().key("partition").raw(offset.partition);
      out.key("offset").raw(offset.offset).end_object();
    }
    out.end_array().end_object();
  });
}

std::string plugins_json(const std::vector<herder::PluginInfo> &plugins) {
  return written([&](Writer &out) {
    out.begin_array();
    for (const herder::PluginInfo &plugin : plugins) {
      out.begin_object().field("class", plugin.class_name).field("type", plugin.type);
      if (!plugin.version.empty())
        out.field("version", plugin.version);
      out.end_object();
    }
    out.end_array();
  });
}

std::string config_keys_json(const std::vector<config::ConfigKey> &keys) {
  return written([&](Writer &out) {
    out.begin_array();
    for (const config::ConfigKey &key : keys)
      write_key(out, key);
    out.end_array();
  });
}

std::string config_infos_json(const config::ConfigInfos &infos) {
  return written([&](Writer &out) {
    out.begin_object().field("name", infos.name).field("error_count", infos.error_count);
    out.key("groups");
    write_strings(out, infos.groups);
    out.key("configs").begin_array();
    for (const config::ConfigInfo &info : infos.configs) {
      out.begin_object().key("definition");
      if (info.definition)
        write_key(out, *info.definition);
      else
        out.null();
      out.key("value");
      if (info.value)
        write_value(out, *info.value);
      else
        out.null();
      out.end_object();
    }
    out.end_array().end_object();
  });
}

std::string connector_names_json(const herder::Snapshot &snapshot) {
  return written([&](Writer &out) {
    out.begin_array();
    for (const auto &connector : snapshot.connectors)
      out.value(connector->name);
    out.end_array();
  });
}

std::string expanded_json(const herder::Snapshot &snapshot,
                          const std::vector<Expansion> &expansions) {
  const bool needs_status =
      std::find(expansions.begin(), expansions.end(), Expansion::Status) != expansions.end();
  return written([&](Writer &out) {
    out.begin_object();
    for (const auto &connector : snapshot.connectors) {
      if (needs_status && !connector->status)
        continue;
      out.key(connector->name).begin_object();
      for (const Expansion expansion : expansions) {
        out.key(expansion == Expansion::Status ? "status" : "info");
        if (expansion == Expansion::Status)
          write_status(out, *connector);
        else
          write_info(out, *connector);
      }
      out.end_object();
    }
    out.end_object();
  });
}

} // namespace host::rest
