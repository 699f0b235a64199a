// Arrays, maps and structs of JSON under a schema.
#include <bit>

#include "host/base/java_text.h"
#include "host/data/json_decode.h"

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
bool JsonDecoder::array(Token token, const Schema &schema, const Where *where) {
  const Where element{"element of array ", where, {}};
  const Where *inner = where != nullptr ? &element : nullptr;
  const std::size_t place = tape_.begin(Type::Array);
  std::size_t count = 0;
  if (token == Token::ArrayBegin || token == Token::ObjectBegin) {
    for (;;) {
      const Token next = scanner_.next();
      if (next == Token::ArrayEnd || next == Token::ObjectEnd)
        break;
      if (next == Token::Key)
        continue;
      if (!any(next, schema.value_schema(), inner))
        return false;
      ++count;
    }
  } else if (!skip(token)) {
    return false;
  }
  tape_.end(place, count);
  return true;
}

bool JsonDecoder::map(Token token, const Schema &schema, const Where *where) {
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
  const bool read = objects ? object_map(schema, where) : pair_map(schema, where);
  if (!read)
    return false;
  tape_.end(place, order_.arrange(mark, tape_));
  return true;
}

bool JsonDecoder::object_map(const Schema &schema, const Where *where) {
  const Where value{"value of map ", where, {}};
  for (;;) {
    const Token token = scanner_.next();
    if (token == Token::ObjectEnd)
      return true;
    if (token == Token::Fault)
      return false;
    order_.add(java::spread(java::hash(scanner_.text())), tape_.size());
    tape_.text(kept(scanner_.text()));
    if (!any(scanner_.next(), schema.value_schema(), where != nullptr ? &value : nullptr))
      return false;
  }
}

bool JsonDecoder::pair_map(const Schema &schema, const Where *where) {
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
    if (!pair(schema, where))
      return false;
    order_.add(java::spread(static_cast<std::int32_t>(java_hash(tape_[begin]))), begin);
  }
}

bool JsonDecoder::pair(const Schema &schema, const Where *where) {
  const Where key{"key of map ", where, {}};
  const Where value{"value of map ", where, {}};
  // Connect counts before it converts.
  const auto begin = scanner_.mark();
  std::size_t count = 0;
  for (Token token = scanner_.next(); token != Token::ArrayEnd; token = scanner_.next(), ++count)
    if (!skip(token))
      return false;
  if (count != 2)
    return refuse("Found invalid map entry, expected length 2 but found :" + std::to_string(count));
  scanner_.rewind(begin);
  return any(scanner_.next(), schema.key_schema(), where != nullptr ? &key : nullptr) &&
         any(scanner_.next(), schema.value_schema(), where != nullptr ? &value : nullptr) &&
         scanner_.next() == Token::ArrayEnd;
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
  const auto any_order = [&] {
    scanner_.rewind(start);
    tape_.truncate(place + 1);
    return structure_in_any_order(schema, place);
  };
  std::size_t next = 0;
  for (;;) {
    if (schema.plain_names())
      for (; next < fields.size() && scanner_.take_key(fields[next].name); ++next) {
        const Where where{{}, nullptr, fields[next].name};
        if (!any(scanner_.next(), fields[next].schema, &where))
          return false;
      }
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
    const Where where{{}, nullptr, fields[next].name};
    if (!any(scanner_.next(), fields[next].schema, &where))
      return false;
    ++next;
  }
  for (; next < fields.size(); ++next)
    if (!absent(*fields[next].schema))
      return false;
  tape_.end(place, fields.size());
  return true;
}

bool JsonDecoder::structure_in_any_order(const Schema &schema, std::size_t place) {
  const auto fields = schema.fields();
  const std::size_t base = marks_.size();
  marks_.resize(base + fields.size());
  for (;;) {
    const Token key = scanner_.next();
    if (key == Token::ObjectEnd)
      break;
    if (key == Token::Fault)
      return false;
    const std::int32_t index = schema.field_index(scanner_.text());
    if (index >= 0)
      marks_[base + static_cast<std::size_t>(index)] = scanner_.mark();
    if (!skip(scanner_.next()))
      return false;
  }
  const auto end = scanner_.mark();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!marks_[base + i]) {
      if (!absent(*fields[i].schema))
        return false;
      continue;
    }
    scanner_.rewind(*marks_[base + i]);
    const Where where{{}, nullptr, fields[i].name};
    if (!any(scanner_.next(), fields[i].schema, &where))
      return false;
  }
  scanner_.rewind(end);
  marks_.resize(base);
  tape_.end(place, fields.size());
  return true;
}

} // namespace host::data
