// Arrays, maps and structs of JSON under a schema.
#include <bit>
#include <map>
#include <utility>

#include "host/base/java_text.h"
#include "host/data/json_decode.h"
#include "host/data/struct_put.h"

namespace host::data {

using json::Token;

namespace {

std::uint32_t java_hash(const Cell &cell) {
  switch (type_of(cell)) {
  case Type::Bool:
    return cell.u.i != 0 ? 1231 : 1237;
  case Type::String:
    return static_cast<std::uint32_t>(java::hash(text_of(cell)));
  case Type::Int64:
    return static_cast<std::uint32_t>(cell.u.i) ^
           static_cast<std::uint32_t>(static_cast<std::uint64_t>(cell.u.i) >> 32);
  case Type::Float32: {
    const auto number = static_cast<float>(cell.u.d);
    return std::bit_cast<std::uint32_t>(number);
  }
  case Type::Float64: {
    const auto bits = std::bit_cast<std::uint64_t>(cell.u.d);
    return static_cast<std::uint32_t>(bits ^ bits >> 32);
  }
  case Type::Int8:
  case Type::Int16:
  case Type::Int32:
    return static_cast<std::uint32_t>(cell.u.i);
  default:
    return 0; // objects that hash by address or by their schema: kept in the order of the text
  }
}

} // namespace

// An object stands for its members' values, a scalar for no elements.
bool JsonDecoder::array(Token token, const Schema &schema) {
  const std::size_t place = tape_.begin(Type::Array);
  std::size_t count = 0;
  const bool read = token == Token::ArrayBegin    ? elements(schema, count)
                    : token == Token::ObjectBegin ? member_values(schema, count)
                                                  : skip(token);
  if (!read)
    return false;
  tape_.end(place, count);
  return true;
}

bool JsonDecoder::elements(const Schema &schema, std::size_t &count) {
  for (;; ++count) {
    const Token token = scanner_.next();
    if (token == Token::ArrayEnd)
      return true;
    if (!any(token, schema.value_schema()))
      return false;
  }
}

// Of a key that comes again the last value stands in the place of the first. Hardly anybody writes
// arrays like this.
bool JsonDecoder::member_values(const Schema &schema, std::size_t &count) {
  std::map<std::string, std::size_t, std::less<>> known;
  std::vector<json::Scanner::Mark> values;
  for (;;) {
    const Token token = scanner_.next();
    if (token == Token::ObjectEnd)
      break;
    if (token == Token::Fault)
      return false;
    const auto [found, is_new] = known.try_emplace(std::string(scanner_.text()), values.size());
    if (is_new)
      values.emplace_back();
    values[found->second] = scanner_.mark();
    if (!skip(scanner_.next()))
      return false;
  }
  const auto end = scanner_.mark();
  for (const json::Scanner::Mark &value : values) {
    scanner_.rewind(value);
    if (!any(scanner_.next(), schema.value_schema()))
      return false;
  }
  scanner_.rewind(end);
  count = values.size();
  return true;
}

bool JsonDecoder::map(Token token, const Schema &schema) {
  const bool objects =
      schema.key_schema() == nullptr || schema.key_schema()->type() == Type::String;
  if (objects && token != Token::ObjectBegin)
    return refuse("Maps with string fields should be encoded as JSON objects, but found " +
                  std::string(node_type(token)));
  if (!objects && token != Token::ArrayBegin)
    return refuse(
        "Maps with non-string fields should be encoded as JSON array of tuples, but found " +
        std::string(node_type(token)));
  const std::size_t place = tape_.begin(Type::Map);
  const std::size_t mark = order_.mark();
  const bool read = objects ? object_map(schema) : pair_map(schema);
  if (!read) {
    order_.forget(mark);
    return false;
  }
  tape_.end(place, order_.arrange(mark, tape_));
  return true;
}

// Notes the key that was just read; where it begins on the tape.
std::size_t JsonDecoder::begin_entry() {
  const std::size_t begin = tape_.size();
  order_.add(java::spread(java::hash(scanner_.text())), begin);
  tape_.text(kept(scanner_.text()));
  return begin;
}

bool JsonDecoder::object_map(const Schema &schema) {
  const std::size_t mark = order_.mark();
  const std::size_t misfits = misfits_.size();
  for (;;) {
    const Token token = scanner_.next();
    if (token == Token::ObjectEnd)
      return misfits_.size() == misfits || settle(mark, misfits);
    if (token == Token::Fault)
      return false;
    const std::size_t begin = begin_entry();
    const auto value = scanner_.mark();
    if (!any(scanner_.next(), schema.value_schema()) && !set_aside(begin, value, misfits))
      return false;
  }
}

// Goes on behind a value that does not fit, in case that its key comes again.
bool JsonDecoder::set_aside(std::size_t begin, const json::Scanner::Mark &value,
                            std::size_t misfits) {
  if (!is_misfit()) {
    misfits_.erase(misfits_.begin() + static_cast<std::ptrdiff_t>(misfits), misfits_.end());
    return false;
  }
  misfits_.emplace_back(begin, *std::move(error_));
  error_.reset();
  tape_.truncate(begin + 1);
  tape_.null();
  scanner_.rewind(value);
  return skip(scanner_.next());
}

// The error of the first key, in the order in which keys came first, whose last value is a misfit.
bool JsonDecoder::settle(std::size_t mark, std::size_t misfits) {
  struct Places {
    std::size_t first;
    std::size_t last;
  };
  std::map<std::string_view, Places> places;
  for (std::size_t i = mark; i < order_.mark(); ++i) {
    const std::size_t begin = order_.begin_of(i);
    places.try_emplace(text_of(tape_[begin]), Places{begin, begin}).first->second.last = begin;
  }
  std::optional<std::size_t> earliest;
  for (std::size_t i = misfits; i < misfits_.size(); ++i) {
    const Places &key = places.find(text_of(tape_[misfits_[i].first]))->second;
    if (key.last == misfits_[i].first && (!earliest || key.first < *earliest)) {
      earliest = key.first;
      error_ = misfits_[i].second;
    }
  }
  misfits_.erase(misfits_.begin() + static_cast<std::ptrdiff_t>(misfits), misfits_.end());
  return !earliest;
}

bool JsonDecoder::pair_map(const Schema &schema) {
  for (;;) {
    const Token token = scanner_.next();
    if (token == Token::ArrayEnd)
      return true;
    if (token == Token::Fault)
      return false;
    if (token != Token::ArrayBegin)
      return refuse("Found invalid map entry instead of array tuple: " +
                    std::string(node_type(token)));
    const std::size_t begin = tape_.size();
    if (!pair(schema))
      return false;
    order_.add(java::spread(static_cast<std::int32_t>(java_hash(tape_[begin]))), begin);
  }
}

bool JsonDecoder::pair(const Schema &schema) {
  // Connect counts before it converts.
  const auto begin = scanner_.mark();
  std::size_t count = 0;
  for (Token token = scanner_.next(); token != Token::ArrayEnd; token = scanner_.next(), ++count)
    if (!skip(token))
      return false;
  if (count != 2)
    return refuse("Found invalid map entry, expected length 2 but found :" + std::to_string(count));
  scanner_.rewind(begin);
  return any(scanner_.next(), schema.key_schema()) && any(scanner_.next(), schema.value_schema()) &&
         scanner_.next() == Token::ArrayEnd;
}

// The value of a field, as it is put into a struct.
bool JsonDecoder::field(const Field &field) {
  const std::size_t begin = tape_.size();
  const std::size_t suspects = suspects_;
  if (!any(scanner_.next(), field.schema))
    return false;
  if (suspects_ == suspects) [[likely]]
    return true;
  suspects_ = suspects;
  auto put = check_put(tape_[begin], field.schema, field);
  if (!put)
    error_ = std::move(put).error();
  return put.has_value();
}

// Members in the schema's order, as nearly everybody writes them, are read as they come; else the
// places of the members are noted first.
bool JsonDecoder::structure(Token token, const Schema &schema) {
  if (token != Token::ObjectBegin)
    return refuse("Structs should be encoded as JSON objects, but found " +
                  std::string(node_type(token)));
  const auto fields = schema.fields();
  const std::size_t place = tape_.begin(Type::Struct);
  const auto start = scanner_.mark();
  std::size_t next = 0;
  const auto any_order = [&] { return structure_in_any_order(schema, {place, start, next}); };
  for (;;) {
    if (schema.plain_names())
      for (; next < fields.size() && scanner_.take_key(fields[next].name); ++next)
        if (!field(fields[next]))
          return is_misfit() && any_order();
    const Token key = scanner_.next();
    if (key == Token::ObjectEnd)
      break;
    if (key == Token::Fault)
      return false;
    if (next >= fields.size() || scanner_.text() != fields[next].name) {
      if (schema.field_index(scanner_.text()) >= 0)
        return any_order();
      if (!skip(scanner_.next()))
        return false;
      continue;
    }
    if (!field(fields[next]))
      return is_misfit() && any_order();
    ++next;
  }
  for (; next < fields.size(); ++next)
    if (!absent(*fields[next].schema))
      return false;
  tape_.end(place, fields.size());
  return true;
}

// What was read stays, unless its key comes again: no value is read twice, however deep structs
// nest. Connect looks at the last value of each key only, in the schema's order.
bool JsonDecoder::structure_in_any_order(const Schema &schema, const HalfRead &half) {
  std::optional<Error> misfit = std::exchange(error_, std::nullopt);
  const std::size_t base = marks_.size();
  const std::size_t extents = extents_.size();
  marks_.resize(base + schema.fields().size());
  scanner_.rewind(half.start);
  const bool read = find_members(schema, half, misfit.has_value(), base) &&
                    read_members(schema, half, std::move(misfit), base);
  marks_.resize(base);
  extents_.resize(extents);
  return read;
}

// Notes in marks_ where the last value of each field begins that was not read yet.
bool JsonDecoder::find_members(const Schema &schema, const HalfRead &half, bool misfit,
                               std::size_t base) {
  const auto fields = schema.fields();
  const std::size_t known = half.fields + (misfit ? 1 : 0);
  for (std::size_t met = 0;;) {
    const Token key = scanner_.next();
    if (key == Token::ObjectEnd)
      return true;
    if (key == Token::Fault)
      return false;
    if (met < known && scanner_.text() == fields[met].name)
      ++met;
    else if (const std::int32_t index = schema.field_index(scanner_.text()); index >= 0)
      marks_[base + static_cast<std::size_t>(index)] = scanner_.mark();
    if (!skip(scanner_.next()))
      return false;
  }
}

bool JsonDecoder::read_members(const Schema &schema, const HalfRead &half,
                               std::optional<Error> misfit, std::size_t base) {
  const auto fields = schema.fields();
  const auto end = scanner_.mark();
  const std::size_t extents = extents_.size();
  std::size_t at = half.place + 1;
  for (std::size_t i = 0; i < half.fields; ++i) {
    const std::size_t begin = std::exchange(at, at + extent(tape_[at]));
    extents_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at)});
  }
  extents_.resize(extents + fields.size());
  tape_.truncate(at);
  bool in_order = true;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto &mark = marks_[base + i];
    if (!mark && i < half.fields)
      continue;
    if (!mark && i == half.fields && misfit) {
      error_ = std::move(misfit);
      return false;
    }
    const auto begin = static_cast<std::uint32_t>(tape_.size());
    if (mark) {
      scanner_.rewind(*mark);
      if (!field(fields[i]))
        return false;
      in_order &= i >= half.fields;
    } else if (!absent(*fields[i].schema)) {
      return false;
    }
    extents_[extents + i] = {begin, static_cast<std::uint32_t>(tape_.size())};
  }
  scanner_.rewind(end);
  if (!in_order)
    put_in_schema_order(half.place, extents);
  tape_.end(half.place, fields.size());
  return true;
}

// Lays the values of a struct, which end the tape, one behind the other.
void JsonDecoder::put_in_schema_order(std::size_t place, std::size_t extents) {
  moved_.clear();
  for (std::size_t i = extents; i < extents_.size(); ++i)
    for (std::size_t at = extents_[i].begin; at < extents_[i].end; ++at)
      moved_.push_back(tape_[at]);
  tape_.truncate(place + 1);
  tape_.append(moved_);
}

} // namespace host::data
