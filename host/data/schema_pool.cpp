#include "host/data/schema_pool.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "host/data/objects.h"

namespace host::data {
namespace {

void append_raw(std::string &key, const void *data, std::size_t size) {
  key.append(static_cast<const char *>(data), size);
}
void append_number(std::string &key, std::uint64_t number) {
  append_raw(key, &number, sizeof number);
}
void append_text(std::string &key, std::string_view text) {
  append_number(key, text.size());
  key.append(text);
}
void append_text(std::string &key, const std::optional<std::string> &text) {
  key += text ? '\1' : '\0';
  if (text)
    append_text(key, std::string_view(*text));
}

void append_default(std::string &key, const Datum &value) {
  append_number(key, value.raw.ptr != nullptr ? 1 : 0);
  append_text(key, text_of(value.raw));
  append_number(key, value.n_cells);
  for (const Cell &cell : std::span(value.cells, value.n_cells)) {
    append_number(key, std::uint64_t{cell.flags} << 8 | cell.type);
    append_number(key, cell.n); // and so where the bytes end
    const Type type = type_of(cell);
    if (type == Type::String || type == Type::Bytes)
      append_raw(key, cell.u.p, bytes_behind(cell));
    else
      append_raw(key, &cell.u, sizeof cell.u);
  }
}

// All content of a schema as bytes; children by their address, since they are interned.
std::string content_of(const SchemaSpec &spec) {
  std::string key;
  append_number(key, static_cast<std::uint64_t>(spec.type) << 1 | (spec.optional ? 1 : 0));
  append_text(key, spec.name);
  append_number(key, spec.version ? 1 : 0);
  append_number(key, static_cast<std::uint64_t>(spec.version.value_or(0)));
  append_text(key, spec.doc);
  append_number(key, spec.parameters.size());
  for (const auto &[name, value] : spec.parameters) {
    append_text(key, std::string_view(name));
    append_text(key, std::string_view(value));
  }
  append_number(key, spec.fields.size());
  for (const Field &field : spec.fields) {
    append_text(key, std::string_view(field.name));
    append_number(key, reinterpret_cast<std::uintptr_t>(field.schema));
  }
  append_number(key, reinterpret_cast<std::uintptr_t>(spec.key_schema));
  append_number(key, reinterpret_cast<std::uintptr_t>(spec.value_schema));
  append_default(key, spec.default_value);
  return key;
}

tl::unexpected<Error> refuse(std::string message) {
  return fail(Code::Data, exception::kSchemaBuilder, std::move(message));
}

// The first name that was there before, as a builder that takes field by field finds it.
std::string first_repeated(const std::vector<Field> &fields) {
  for (auto field = fields.begin(); field != fields.end(); ++field)
    if (std::any_of(fields.begin(), field,
                    [&](const Field &earlier) { return earlier.name == field->name; }))
      return field->name;
  return {};
}

Status check(const SchemaSpec &spec) {
  if (spec.type < Type::Bool || spec.type > Type::Struct)
    return refuse("Invalid SchemaBuilder call: type must be specified to build schema.");
  if (!spec.fields.empty() && spec.type != Type::Struct)
    return refuse("Cannot create fields on type " + std::string(name_of(spec.type)));
  std::vector<std::string_view> names;
  for (const Field &field : spec.fields) {
    if (field.name.empty())
      return refuse("fieldName cannot be null.");
    if (field.schema == nullptr)
      return refuse("fieldSchema for field " + field.name + " cannot be null.");
    names.push_back(field.name);
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end())
    return refuse("Cannot create field because of field name duplication " +
                  first_repeated(spec.fields));
  if (spec.type == Type::Map && !spec.of_null &&
      (spec.key_schema == nullptr) != (spec.value_schema == nullptr))
    return refuse(spec.key_schema == nullptr ? "keySchema cannot be null."
                                             : "valueSchema cannot be null.");
  return {};
}

bool is_plain(const SchemaSpec &spec) {
  return spec.type <= Type::Bytes && !spec.name && !spec.version && !spec.doc &&
         spec.parameters.empty() && data::is_null(spec.default_value);
}

} // namespace

SchemaHolder::SchemaHolder(SchemaPool &pool) : pool_(pool) {
  const std::lock_guard lock(pool_.mutex_);
  pool_.holders_.push_back(this);
}

SchemaHolder::~SchemaHolder() {
  const std::lock_guard lock(pool_.mutex_);
  std::erase(pool_.holders_, this);
}

SchemaPool::SchemaPool() = default;
SchemaPool::~SchemaPool() = default;

Result<const Schema *> SchemaPool::intern(SchemaSpec spec) {
  HOST_TRY(check(spec));
  return make(std::move(spec), false);
}

Result<const Schema *> SchemaPool::intern_lasting(SchemaSpec spec) {
  HOST_TRY(check(spec));
  return make(std::move(spec), true);
}

const Schema *SchemaPool::make(SchemaSpec &&spec, bool lasting) {
  if (is_plain(spec))
    return Schema::primitive(spec.type, spec.optional);
  std::string content = content_of(spec);
  const std::lock_guard lock(mutex_);
  if (const Schema *known = find(content))
    return known;
  const bool brought = present_ != nullptr && !lasting;
  if (present_ != nullptr && lasting) {
    if (!parts_last(spec))
      keep_generations();
    // The same schema as a record's.
    if (auto known = present_->schemas.extract(content); !known.empty()) {
      present_->bytes -= content.size();
      return lasting_.insert(std::move(known)).position->second.get();
    }
  }
  if (brought) {
    auto &slot = present_->schemas[content];
    if (!slot) {
      slot = std::unique_ptr<const Schema>(new Schema(std::move(spec)));
      present_->bytes += content.size();
    }
    return slot.get();
  }
  auto &slot = lasting_[std::move(content)];
  slot = std::unique_ptr<const Schema>(new Schema(std::move(spec)));
  return slot.get();
}

const Schema *SchemaPool::find(const std::string &content) const {
  const auto found = lasting_.find(content);
  return found != lasting_.end() ? found->second.get() : nullptr;
}

bool SchemaPool::parts_last(const SchemaSpec &spec) const {
  const auto lasts = [&](const Schema *part) {
    return part == nullptr || is_plain(part->spec_) || find(content_of(part->spec_)) == part;
  };
  return lasts(spec.key_schema) && lasts(spec.value_schema) &&
         std::all_of(spec.fields.begin(), spec.fields.end(),
                     [&](const Field &field) { return lasts(field.schema); });
}

// A plugin made a schema of those that records brought it, of whichever generation.
void SchemaPool::keep_generations() {
  const auto keep = [&](std::shared_ptr<Generation> generation) {
    if (generation != nullptr && std::find(kept_.begin(), kept_.end(), generation) == kept_.end())
      kept_.push_back(std::move(generation));
  };
  keep(present_);
  for (const auto &generation : earlier_)
    keep(generation.lock());
}

void SchemaPool::begin_records() {
  const std::lock_guard lock(mutex_);
  if (present_ == nullptr)
    present_ = std::make_shared<Generation>();
}

void SchemaPool::turn() {
  std::shared_ptr<Generation> old; // goes after the lock, if no batch keeps it
  std::vector<SchemaHolder *> holders;
  {
    const std::lock_guard lock(mutex_);
    if (present_ == nullptr ||
        (present_->schemas.size() < kMostSchemas && present_->bytes < kMostBytes))
      return;
    old = std::exchange(present_, std::make_shared<Generation>());
    std::erase_if(earlier_, [](const auto &generation) { return generation.expired(); });
    earlier_.push_back(old);
    holders = holders_;
  }
  for (SchemaHolder *holder : holders)
    holder->forget_schemas();
}

std::shared_ptr<const void> SchemaPool::generation() const {
  const std::lock_guard lock(mutex_);
  return present_;
}

std::size_t SchemaPool::transient() const {
  const std::lock_guard lock(mutex_);
  return present_ != nullptr ? present_->schemas.size() : 0;
}

} // namespace host::data
