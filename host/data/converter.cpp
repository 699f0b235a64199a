#include "host/data/converter.h"

#include "host/config/connector_config.h"
#include "host/data/builtin.h"

namespace host::data {
namespace {

// A key or value converter in the place of a header converter, as most of Connect's are both.
class AsHeaderConverter final : public HeaderConverter {
public:
  explicit AsHeaderConverter(std::unique_ptr<Converter> inner) : inner_(std::move(inner)) {}

  Result<Datum> to_connect(std::string_view topic, std::string_view, Bytes bytes,
                           Arena &arena) override {
    return inner_->to_connect(topic, bytes, arena);
  }
  Result<Bytes> from_connect(std::string_view topic, std::string_view, const Datum &datum,
                             std::string &out) override {
    return inner_->from_connect(topic, datum, out);
  }

private:
  std::unique_ptr<Converter> inner_;
};

std::string available(const std::vector<config::PluginName> &plugins) {
  std::string text;
  for (const config::PluginName &plugin : plugins)
    text += (text.empty() ? "" : ", ") + plugin.class_name;
  return text;
}

Result<std::string> full_name(std::string_view name, std::string_view interface,
                              const std::vector<config::PluginName> &plugins,
                              std::string_view suffix) {
  auto found = config::find_class(plugins, name, suffix);
  if (!found)
    return fail(Code::Config, exception::kConnect,
                "Failed to find any class that implements " + std::string(interface) +
                    " and which name matches " + std::string(name) +
                    ", available converters are: " + available(plugins));
  return *std::move(found);
}

Result<config::Values> configured(std::string_view class_name, const StringMap &config,
                                  ConverterRole role) {
  StringMap complete = config;
  complete.set("converter.type", std::string(name_of(role)));
  return config::converter_def(class_name)->parse(complete);
}

Result<std::unique_ptr<Converter>> make(std::string_view class_name, const StringMap &config,
                                        ConverterRole role, SchemaPool &pool) {
  HOST_ASSIGN(const config::Values values, configured(class_name, config, role));
  const std::string_view simple = class_name.substr(class_name.rfind('.') + 1);
  if (simple == "JsonConverter")
    return make_json_converter(values, pool);
  if (simple == "StringConverter")
    return make_string_converter(config, values, role);
  if (simple == "ByteArrayConverter")
    return make_bytes_converter();
  return make_primitive_converter(simple);
}

} // namespace

std::string_view name_of(ConverterRole role) {
  if (role == ConverterRole::Key)
    return "key";
  return role == ConverterRole::Value ? "value" : "header";
}

tl::unexpected<Error> data_error(std::string message) {
  return fail(Code::Data, exception::kData, std::move(message));
}

Result<std::unique_ptr<Converter>> make_converter(std::string_view class_or_alias,
                                                  const StringMap &config, ConverterRole role,
                                                  SchemaPool &pool) {
  HOST_ASSIGN(const std::string name,
              full_name(class_or_alias, "Converter", config::builtin_converters(),
                        config::kConverterSuffix));
  return make(name, config, role, pool);
}

Result<std::unique_ptr<HeaderConverter>>
make_header_converter(std::string_view class_or_alias, const StringMap &config, SchemaPool &pool) {
  // Both suffixes: `Simple` is SimpleHeaderConverter, `Json` is JsonConverter.
  auto found = config::find_class(config::builtin_header_converters(), class_or_alias,
                                  config::kHeaderConverterSuffix);
  if (found && found->ends_with("SimpleHeaderConverter"))
    return make_simple_header_converter(pool);
  if (!found)
    found =
        config::find_class(config::builtin_converters(), class_or_alias, config::kConverterSuffix);
  if (!found)
    return fail(full_name(class_or_alias, "HeaderConverter", config::builtin_header_converters(),
                          config::kHeaderConverterSuffix)
                    .error());
  HOST_ASSIGN(auto inner, make(*found, config, ConverterRole::Header, pool));
  return std::unique_ptr<HeaderConverter>(std::make_unique<AsHeaderConverter>(std::move(inner)));
}

} // namespace host::data
