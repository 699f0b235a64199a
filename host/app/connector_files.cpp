#include "host/app/connector_files.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "host/base/files.h"
#include "host/config/properties.h"
#include "host/json/parse.h"
#include "host/json/value.h"

namespace host::app {
namespace {

std::optional<TargetState> target_named(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (text == "RUNNING")
    return TargetState::Started;
  if (text == "PAUSED")
    return TargetState::Paused;
  if (text == "STOPPED")
    return TargetState::Stopped;
  return std::nullopt;
}

Result<ConnectorFile> from_flat(StringMap config) {
  const std::string *name = config.find("name");
  if (name == nullptr || name->empty())
    return fail(Code::Config, "has no `name`, which every connector needs");
  return ConnectorFile{*name, std::move(config), std::nullopt};
}

Result<StringMap> texts_of(const json::Value &object) {
  StringMap result;
  for (const auto &[key, value] : object.members()) {
    if (value.is_string())
      result.append(key, std::string(value.text()));
    else if (value.is_number() || value.is_boolean())
      result.append(key, json::to_text(value));
    else
      return fail(Code::Config, "`" + key + "` is " + std::string(json::name_of(value.type())) +
                                    ", but a connector's settings are texts");
  }
  return result;
}

Result<ConnectorFile> from_request(const json::Value &document, const json::Value &config) {
  ConnectorFile file;
  HOST_ASSIGN(file.name, document.string_of("name"));
  if (file.name.empty())
    return fail(Code::Config, "has an empty `name`");
  HOST_ASSIGN(file.config, texts_of(config));
  if (const json::Value *state = document.find("initial_state"); state && !state->is_null()) {
    file.initial_state = target_named(std::string(state->text()));
    if (!file.initial_state)
      return fail(Code::Config, "`initial_state` is " + json::to_text(*state) +
                                    ", not \"RUNNING\", \"PAUSED\" or \"STOPPED\"");
  }
  return file;
}

Result<ConnectorFile> from_json(const json::Value &document) {
  if (!document.is_object())
    return fail(Code::Config, "is not a JSON object");
  const json::Value *config = document.find("config");
  if (config != nullptr && config->is_object())
    return from_request(document, *config);
  HOST_ASSIGN(StringMap flat, texts_of(document));
  return from_flat(std::move(flat));
}

} // namespace

Result<ConnectorFile> read_connector_file(const std::string &path) {
  Result<std::string> bytes = read_file(path);
  if (!bytes)
    return fail(std::move(bytes).error().context(path));
  Result<ConnectorFile> file = fail(Code::Internal, "not read");
  if (path.ends_with(".json")) {
    json::Fault fault;
    const auto document = json::parse(*bytes, json::Trailing::Refuse, &fault);
    if (!document)
      return fail(Code::Config,
                  fmt::format("{}:{}:{}: {}", path, fault.line, fault.column, fault.message));
    file = from_json(*document);
  } else {
    HOST_ASSIGN(const config::Properties properties, config::parse_properties(*bytes, path));
    file = from_flat(properties.map());
  }
  if (!file)
    return fail(std::move(file).error().context(path));
  return file;
}

} // namespace host::app
