#include "host/data/json_schema.h"

#include <charconv>

#include "host/data/builtin.h"
#include "host/data/decimal.h"
#include "host/data/json_decode.h"
#include "host/data/json_encode.h"
#include "host/json/writer.h"

namespace host::data {
namespace {

class SchemaWriter {
public:
  SchemaWriter(std::string &out, const JsonOptions &options) : writer_(out), options_(options) {}

  // `field`: the name of the struct field that it is the schema of; null for none.
  Status write(const Schema *schema, const std::string *field) {
    if (schema == nullptr) {
      writer_.null();
      return {};
    }
    writer_.begin_object().field("type", json_name_of(schema->type()));
    HOST_TRY(parts(*schema));
    writer_.field("optional", schema->optional());
    if (schema->name())
      writer_.field("name", *schema->name());
    if (schema->version())
      writer_.field("version", *schema->version());
    if (schema->doc())
      writer_.field("doc", *schema->doc());
    if (!schema->parameters().empty()) {
      writer_.key("parameters").begin_object();
      for (const auto &[name, value] : schema->parameters())
        writer_.field(name, value);
      writer_.end_object();
    }
    if (schema->has_default()) {
      std::string text;
      HOST_TRY(JsonEncoder(options_).append(text, default_of(*schema)));
      writer_.key("default").raw(text);
    }
    if (field != nullptr)
      writer_.field("field", *field);
    writer_.end_object();
    return {};
  }

private:
  static Datum default_of(const Schema &schema) {
    Datum value = schema.default_value();
    value.schema = handle(&schema);
    return value;
  }

  Status parts(const Schema &schema) {
    switch (schema.type()) {
    case Type::Array:
      writer_.key("items");
      return write(schema.value_schema(), nullptr);
    case Type::Map:
      writer_.key("keys");
      HOST_TRY(write(schema.key_schema(), nullptr));
      writer_.key("values");
      return write(schema.value_schema(), nullptr);
    case Type::Struct:
      writer_.key("fields").begin_array();
      for (const Field &field : schema.fields())
        HOST_TRY(write(field.schema, &field.name));
      writer_.end_array();
      return {};
    default:
      return {};
    }
  }

  json::Writer writer_;
  const JsonOptions &options_;
};

class SchemaReader {
public:
  SchemaReader(SchemaPool &pool, const JsonOptions &options) : pool_(pool), options_(options) {}

  Result<const Schema *> read(const json::Value &value) {
    if (value.is_null())
      return static_cast<const Schema *>(nullptr);
    const json::Value *type = value.find("type");
    if (type == nullptr || !type->is_string())
      return data_error("Schema must contain 'type' field");
    const auto known = type_of_json_name(type->text());
    if (!known)
      return data_error("Unknown schema type: " + std::string(type->text()));
    SchemaSpec spec;
    spec.type = *known;
    HOST_TRY(read_parts(value, spec));
    HOST_TRY(read_attributes(value, spec));
    if (const json::Value *fallback = value.find("default"))
      HOST_TRY(read_default(*fallback, spec));
    return pool_.intern(std::move(spec));
  }

private:
  static Result<const json::Value *> part(const json::Value &value, const char *key,
                                          const char *what) {
    const json::Value *found = value.find(key);
    if (found == nullptr || found->is_null())
      return data_error(what);
    return found;
  }

  Status read_parts(const json::Value &value, SchemaSpec &spec) {
    if (spec.type == Type::Array) {
      HOST_ASSIGN(const json::Value *items,
                  part(value, "items", "Array schema did not specify the element type"));
      HOST_ASSIGN(spec.value_schema, read(*items));
    } else if (spec.type == Type::Map) {
      HOST_ASSIGN(const json::Value *keys,
                  part(value, "keys", "Map schema did not specify the key type"));
      HOST_ASSIGN(const json::Value *values,
                  part(value, "values", "Map schema did not specify the value type"));
      HOST_ASSIGN(spec.key_schema, read(*keys));
      HOST_ASSIGN(spec.value_schema, read(*values));
    } else if (spec.type == Type::Struct) {
      const json::Value *fields = value.find("fields");
      if (fields == nullptr || !fields->is_array())
        return data_error("Struct schema's \"fields\" argument is not an array.");
      for (const json::Value &field : fields->items()) {
        const json::Value *name = field.find("field");
        if (name == nullptr || !name->is_string())
          return data_error("Struct schema's field name not specified properly");
        HOST_ASSIGN(const Schema *schema, read(field));
        spec.fields.push_back({std::string(name->text()), schema});
      }
    }
    return {};
  }

  // Of a wrong type: ignored, but for parameters.
  static Status read_attributes(const json::Value &value, SchemaSpec &spec) {
    const auto text_of_member = [&](const char *key) -> std::optional<std::string> {
      const json::Value *found = value.find(key);
      if (found == nullptr || !found->is_string())
        return std::nullopt;
      return std::string(found->text());
    };
    if (const json::Value *optional = value.find("optional"))
      spec.optional = optional->boolean().value_or(false);
    spec.name = text_of_member("name");
    spec.doc = text_of_member("doc");
    const json::Value *version = value.find("version");
    if (version != nullptr && version->is_number() &&
        version->literal().find_first_of(".eE") == std::string_view::npos)
      spec.version = static_cast<std::int32_t>(low_bits(version->literal()));
    const json::Value *parameters = value.find("parameters");
    if (parameters == nullptr)
      return {};
    for (const json::Member &member : parameters->members()) {
      if (!member.value.is_string())
        return data_error("Schema parameters must have string values.");
      spec.parameters.emplace_back(member.key, member.value.text());
    }
    return {};
  }

  // The default is data under the schema that it will belong to.
  Status read_default(const json::Value &fallback, SchemaSpec &spec) {
    HOST_ASSIGN(const Schema *bare, pool_.intern(spec));
    text_ = json::to_text(fallback);
    JsonDecoder decoder(options_);
    HOST_ASSIGN(Datum datum, decoder.decode(text_, bare, arena_));
    if (is_null(datum)) {
      if (spec.optional)
        return {};
      return invalid_default("Invalid value: null used for required value, schema type: " +
                             std::string(name_of(spec.type)));
    }
    // Java compares the default's schema with the one that is still being built.
    if (spec.type == Type::Struct)
      return invalid_default("Struct schemas do not match.");
    spec.default_value = datum;
    return {};
  }

  static Status invalid_default(std::string why) {
    return fail(Error(Code::Data, exception::kData, std::move(why))
                    .wrap(Code::Data, exception::kSchemaBuilder, "Invalid default value"));
  }

  SchemaPool &pool_;
  const JsonOptions &options_;
  std::string text_;
  Arena arena_; // defaults live here until the pool has copied them
};

} // namespace

Status append_json_schema(std::string &out, const Schema *schema, const JsonOptions &options) {
  return SchemaWriter(out, options).write(schema, nullptr);
}

Result<const Schema *> parse_json_schema(const json::Value &value, SchemaPool &pool,
                                         const JsonOptions &options) {
  return SchemaReader(pool, options).read(value);
}

} // namespace host::data
