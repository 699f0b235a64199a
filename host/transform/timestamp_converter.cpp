#include <limits>
#include <optional>
#include <utility>

#include "host/base/java_text.h"
#include "host/config/parse.h"
#include "host/data/calendar.h"
#include "host/data/objects.h"
#include "host/transform/date_format.h"
#include "host/transform/java.h"
#include "host/transform/keys.h"
#include "host/transform/map_builder.h"
#include "host/transform/pages.h"
#include "host/transform/part.h"
#include "host/transform/schema_cache.h"

namespace host::transform {
namespace {

using data::Type;

constexpr std::string_view kPurpose = "converting timestamp formats";

const config::ConfigDef &keys() {
  static const config::ConfigDef def =
      config::ConfigDef()
          .define(config::text("field", "")
                      .high()
                      .doc("The field with the timestamp; empty if the whole key or value is one."))
          .define(config::required("target.type", config::Type::String)
                      .high()
                      .doc("What the timestamp becomes: string, unix (a number), Date, Time or "
                           "Timestamp.")
                      .check(config::one_of({"string", "unix", "Date", "Time", "Timestamp"})))
          .define(config::text("format", "")
                      .medium()
                      .doc("How timestamps are written as text, in UTC, as a pattern of "
                           "java.text.SimpleDateFormat; for reading and for writing."))
          .define(config::text("unix.precision", "milliseconds")
                      .low()
                      .doc("What numbers count since 1970: seconds, milliseconds, microseconds or "
                           "nanoseconds; for reading and for writing.")
                      .check(config::one_of(
                          {"nanoseconds", "microseconds", "milliseconds", "seconds"})))
          .define(replace_null_key());
  return def;
}

// Midnight of the day. That of the first day that 64 bits reach lies before them; like Java's, the
// subtraction goes round.
std::int64_t day_of(std::int64_t ms) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(ms) -
                                   static_cast<std::uint64_t>(data::day_and_time(ms).ms));
}

// The forms that a timestamp has.
enum class Form : std::uint8_t { String = 1, Unix, Date, Time, Timestamp };

Form form_of(std::string_view target_type) {
  if (target_type == "string")
    return Form::String;
  if (target_type == "unix")
    return Form::Unix;
  if (target_type == "Date")
    return Form::Date;
  return target_type == "Time" ? Form::Time : Form::Timestamp;
}

struct Settings {
  MapKey field;
  Form target;
  std::optional<DateFormat> format;
  std::string precision;
  bool defaults;
};

// As Java's TimeUnit multiplies: what does not fit stays at the end of the range.
std::int64_t saturated_product(std::int64_t value, std::int64_t factor) {
  std::int64_t product = 0;
  if (!__builtin_mul_overflow(value, factor, &product))
    return product;
  return value < 0 ? std::numeric_limits<std::int64_t>::min()
                   : std::numeric_limits<std::int64_t>::max();
}

std::int64_t ms_of_unix(std::int64_t number, std::string_view precision) {
  if (precision == "seconds")
    return saturated_product(number, 1000);
  if (precision == "microseconds")
    return number / 1000;
  return precision == "nanoseconds" ? number / 1'000'000 : number;
}

std::int64_t unix_of_ms(std::int64_t ms, std::string_view precision) {
  if (precision == "seconds")
    return ms / 1000;
  if (precision == "microseconds")
    return saturated_product(ms, 1000);
  return precision == "nanoseconds" ? saturated_product(ms, 1'000'000) : ms;
}

// Turns timestamps of one form into another: a field, or the whole key or value. Null stays null.
class TimestampConverter final : public Transform {
public:
  TimestampConverter(Part part, Settings settings, data::SchemaPool &pool)
      : part_(part), settings_(std::move(settings)), pool_(pool) {}

  Result<Verdict> apply(Record &record, data::Arena &arena) override {
    Datum &datum = part_of(record, part_);
    const Root root(datum);
    const Schema *schema = data::schema_of(datum);
    const bool whole = settings_.field.text().empty();
    if (schema == nullptr)
      return whole || !root ? convert_whole(root, datum, arena) : convert_entry(root, datum, arena);
    return whole ? convert_whole(root, *schema, datum, arena)
                 : convert_field(root, *schema, datum, arena);
  }

private:
  // The schema after the change, and the field that changes; -1 if there is none.
  struct Plan {
    const Schema *schema = nullptr;
    std::int32_t field = -1;
  };

  Result<Verdict> convert_whole(const Root &root, Datum &datum, data::Arena &arena) {
    if (!root) {
      datum = data::null_datum();
      return Verdict::Keep;
    }
    HOST_ASSIGN(const Cell converted, convert_free(*root.cell(), arena));
    datum = data::cells_datum(arena.copy(std::span(&converted, 1)), nullptr);
    return Verdict::Keep;
  }

  Result<Verdict> convert_whole(const Root &root, const Schema &schema, Datum &datum,
                                data::Arena &arena) {
    HOST_ASSIGN(const Schema *target, target_schema(schema.optional()));
    HOST_ASSIGN(const Form form, form_by_schema(schema));
    if (!root) {
      datum = data::null_datum(target);
      return Verdict::Keep;
    }
    HOST_ASSIGN(const Cell converted, convert(*root.cell(), &schema, form, target, arena));
    datum = data::cells_datum(arena.copy(std::span(&converted, 1)), target);
    return Verdict::Keep;
  }

  // A field that the map lacks comes in as null.
  Result<Verdict> convert_entry(const Root &root, Datum &datum, data::Arena &arena) {
    HOST_ASSIGN(const Cell *map, require_map(root, nullptr, kPurpose));
    map_.begin_copy(*map);
    const Cell *value = find_entry(*map, settings_.field.text());
    const Cell *converted = nullptr;
    if (value != nullptr && !is_null(value)) {
      HOST_ASSIGN(const Cell cell, convert_free(*value, arena));
      converted = arena.copy(std::span(&cell, 1)).data();
    }
    map_.put(settings_.field, converted);
    datum = map_.finish(arena);
    return Verdict::Keep;
  }

  Result<Verdict> convert_field(const Root &root, const Schema &schema, Datum &datum,
                                data::Arena &arena) {
    if (root)
      HOST_TRY(require_struct(root, &schema, kPurpose));
    HOST_ASSIGN(const Plan *plan, cache_.get(&schema, [&] { return plan_for(schema); }));
    if (!root) {
      datum = data::null_datum(plan->schema);
      return Verdict::Keep;
    }
    tape_.clear();
    const std::size_t place = tape_.begin(Type::Struct);
    const Cell *at = root.cell() + 1;
    for (std::size_t i = 0; i < schema.fields().size(); ++i) {
      if (static_cast<std::int32_t>(i) == plan->field)
        HOST_TRY(append_converted(at, schema.fields()[i], plan->schema->fields()[i], arena));
      else
        HOST_TRY(append_field(tape_, at, schema.fields()[i], settings_.defaults));
      at += data::extent(*at);
    }
    tape_.end(place, schema.fields().size());
    datum = tape_.finish(arena, plan->schema);
    return Verdict::Keep;
  }

  Status append_converted(const Cell *cell, const data::Field &from, const data::Field &to,
                          data::Arena &arena) {
    HOST_ASSIGN(const Form form, form_by_schema(*from.schema));
    const Root standin(from.schema->default_value());
    if (is_null(cell) && settings_.defaults && standin)
      cell = standin.cell();
    if (is_null(cell))
      return append_field(tape_, cell, to, false);
    HOST_ASSIGN(const Cell converted, convert(*cell, from.schema, form, to.schema, arena));
    tape_.append({&converted, 1});
    return {};
  }

  Result<Plan> plan_for(const Schema &schema) const {
    HOST_ASSIGN(const auto fields, fields_of(schema));
    data::SchemaSpec spec = basics_of(schema);
    spec.optional = schema.optional();
    spec.fields.assign(fields.begin(), fields.end());
    Plan plan;
    plan.field = schema.field_index(settings_.field.text());
    if (plan.field >= 0) {
      data::Field &field = spec.fields[static_cast<std::size_t>(plan.field)];
      HOST_ASSIGN(field.schema, target_schema(field.schema->optional()));
    }
    HOST_ASSIGN(plan.schema, pool_.intern(std::move(spec)));
    return plan;
  }

  Result<const Schema *> target_schema(bool optional) const {
    if (settings_.target == Form::String)
      return Schema::primitive(Type::String, optional);
    if (settings_.target == Form::Unix)
      return Schema::primitive(Type::Int64, optional);
    data::SchemaSpec spec;
    spec.type = settings_.target == Form::Timestamp ? Type::Int64 : Type::Int32;
    spec.optional = optional;
    spec.version = 1;
    spec.name = settings_.target == Form::Timestamp ? data::kTimestampName
                : settings_.target == Form::Date    ? data::kDateName
                                                    : data::kTimeName;
    return pool_.intern(std::move(spec));
  }

  static Result<Form> form_by_schema(const Schema &schema) {
    switch (schema.logical()) {
    case data::Logical::Timestamp:
      return Form::Timestamp;
    case data::Logical::Date:
      return Form::Date;
    case data::Logical::Time:
      return Form::Time;
    default:
      break;
    }
    if (schema.type() == Type::String)
      return Form::String;
    if (schema.type() == Type::Int64)
      return Form::Unix;
    return fail(Code::Data, exception::kConnect,
                "Schema " + schema.text() +
                    " does not correspond to a known timestamp type format");
  }

  // Without a schema the value tells its form.
  Result<Cell> convert_free(const Cell &value, data::Arena &arena) {
    if (data::date_ms_of(value, nullptr))
      return convert(value, nullptr, Form::Timestamp, nullptr, arena);
    if (data::type_of(value) == Type::Int64)
      return convert(value, nullptr, Form::Unix, nullptr, arena);
    if (data::type_of(value) == Type::String)
      return convert(value, nullptr, Form::String, nullptr, arena);
    return data_error("TimestampConverter does not support class " +
                      std::string(class_of(value, nullptr)) + " objects as timestamps");
  }

  Result<Cell> convert(const Cell &value, const Schema *schema, Form form, const Schema *target,
                       data::Arena &arena) {
    HOST_ASSIGN(const std::int64_t ms, read(value, schema, form));
    return write(ms, target, arena);
  }

  Result<std::int64_t> read(const Cell &value, const Schema *schema, Form form) const {
    const Type type = data::type_of(value);
    const auto unexpected = [&](const char *what) {
      return data_error(std::string("Expected ") + what + ", but found class " +
                        std::string(class_of(value, schema)));
    };
    if (form == Form::String)
      return type == Type::String ? parsed(data::text_of(value))
                                  : unexpected("string timestamp to be a String");
    if (form == Form::Unix)
      return type == Type::Int64 ? Result<std::int64_t>(ms_of_unix(value.u.i, settings_.precision))
                                 : unexpected("Unix timestamp to be a Long");
    if (const auto ms = data::date_ms_of(value, schema))
      return *ms;
    return unexpected(form == Form::Date   ? "Date to be a java.util.Date"
                      : form == Form::Time ? "Time to be a java.util.Date"
                                           : "Timestamp to be a java.util.Date");
  }

  Result<std::int64_t> parsed(std::string_view text) const {
    if (!settings_.format)
      return java_error(kNullPointer, "Cannot invoke \"java.text.SimpleDateFormat.parse(String)\" "
                                      "because \"config.format\" is null");
    if (const auto ms = settings_.format->parse(text))
      return *ms;
    Error cause(Code::Data, "java.text.ParseException",
                "Unparseable date: \"" + std::string(text) + "\"");
    return fail(std::move(cause).wrap(Code::Data, exception::kData,
                                      "Could not parse timestamp: value (" + std::string(text) +
                                          ") does not match pattern (" +
                                          settings_.format->pattern() + ")"));
  }

  Cell write(std::int64_t ms, const Schema *target, data::Arena &arena) {
    Cell cell{static_cast<std::uint8_t>(Type::Int64), 0, 0, 0, {.i = 0}};
    switch (settings_.target) {
    case Form::String: {
      text_.clear();
      settings_.format->append(text_, ms);
      const std::string_view text = arena.copy(std::string_view(text_));
      cell.type = static_cast<std::uint8_t>(Type::String);
      cell.n = static_cast<std::uint32_t>(text.size());
      cell.u.p = data::bytes_of(text).ptr;
      return cell;
    }
    case Form::Unix:
      cell.u.i = unix_of_ms(ms, settings_.precision);
      return cell;
    case Form::Date:
      return data::date_cell(day_of(ms), target);
    case Form::Time:
      return data::date_cell(data::day_and_time(ms).ms, target);
    case Form::Timestamp:
      break;
    }
    return data::date_cell(ms, target);
  }

  Part part_;
  Settings settings_;
  data::SchemaPool &pool_;
  SchemaCache<Plan> cache_{pool_};
  data::TapeBuilder tape_;
  MapBuilder map_;
  std::string text_;
};

bool is_blank(std::string_view text) { return java::trim(text).empty(); }

Result<std::unique_ptr<Transform>> make(const config::Values &values, Part part,
                                        data::SchemaPool &pool) {
  Settings settings{MapKey(values.text("field")), form_of(values.text("target.type")), std::nullopt,
                    values.text("unix.precision"), values.boolean(kReplaceNull)};
  const std::string pattern = values.text("format");
  if (settings.target == Form::String && is_blank(pattern))
    return config_error(
        "TimestampConverter requires format option to be specified when using string timestamps");
  if (!is_blank(pattern)) {
    auto format = DateFormat::compile(pattern);
    if (!format) // Java takes the text for a key and the exception for its value
      return config_error(config::invalid(
          "TimestampConverter requires a SimpleDateFormat-compatible pattern for string "
          "timestamps: " +
              pattern,
          std::string(kIllegalArgument) + ": " + format.error().message(), ""));
    settings.format = *std::move(format);
  }
  return std::make_unique<TimestampConverter>(part, std::move(settings), pool);
}

} // namespace

constinit const TransformPage kTimestampConverter{
    "TimestampConverter",
    "Converts timestamps between text, numbers since 1970 and the logical types Date, Time and "
    "Timestamp: a field, or the whole key or value.",
    true, keys, make};

} // namespace host::transform
