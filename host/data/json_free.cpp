// Schemaless JSON: arrays and objects whose keys are mostly those of the record before.
#include <algorithm>
#include <cstring>

#include "host/base/java_text.h"
#include "host/data/json_decode.h"

namespace host::data {

using json::Token;

bool JsonDecoder::free_array(JsonSlot &slot) {
  const std::size_t place = tape_.begin(Type::Array);
  std::size_t count = 0;
  for (;; ++count) {
    const Token token = scanner_.next();
    if (token == Token::ArrayEnd)
      break;
    if (!schemaless(token, slot))
      return false;
  }
  tape_.end(place, count);
  return true;
}

bool JsonDecoder::free_object(JsonSlot &slot) {
  const std::size_t place = tape_.begin(Type::Map);
  const std::size_t base = extents_.size();
  const std::size_t mark = order_.mark();
  if (JsonShape *shape = slot.shape) {
    bool complete = false;
    if (!expected_members(*shape, complete))
      return false;
    if (complete) {
      slot.misses = 0;
      tape_.end(place, put_in_order(*shape, base, place));
      return true;
    }
    for (std::size_t i = base; i < extents_.size(); ++i)
      if (const std::size_t begin = extents_[i].begin; begin != 0)
        order_.add(java::spread(java::hash(text_of(tape_[begin]))), begin);
    extents_.resize(base);
  }
  if (!free_members())
    return false;
  if (shapes_.wants(slot))
    learn(slot, mark);
  tape_.end(place, order_.arrange(mark, tape_));
  return true;
}

// The members that are left, of any name.
bool JsonDecoder::free_members() {
  JsonSlot unknown;
  unknown.learns = false;
  for (;;) {
    const Token token = scanner_.next();
    if (token == Token::ObjectEnd)
      return true;
    if (token == Token::Fault)
      return false;
    begin_entry();
    if (!schemaless(scanner_.next(), unknown))
      return false;
  }
}

// The members that were there before, in the same order; a few may be absent. What is found is on
// the tape and in extents_. Not complete if something else comes. False on a fault.
bool JsonDecoder::expected_members(JsonShape &shape, bool &complete) {
  const std::size_t base = extents_.size();
  const std::size_t count = shape.keys.size();
  extents_.resize(base + count);
  std::size_t absent = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!scanner_.take_key(shape.keys[i])) {
      ++absent;
      continue;
    }
    const auto begin = static_cast<std::uint32_t>(tape_.size());
    tape_.text(scanner_.text());
    if (!schemaless(scanner_.next(), shape.inner[i]))
      return false;
    extents_[base + i] = {begin, static_cast<std::uint32_t>(tape_.size())};
  }
  // With fewer entries the map may have fewer buckets, and another order.
  complete = (absent == 0 || java::buckets(count - absent) == java::buckets(count)) &&
             scanner_.take_object_end();
  return true;
}

// Moves the members of the innermost object, which end the tape, into the order of the map. Returns
// how many there are.
std::size_t JsonDecoder::put_in_order(const JsonShape &shape, std::size_t base, std::size_t place) {
  const Extent *extents = extents_.data() + base;
  std::size_t count = 0;
  if (shape.in_order || tape_.size() == place + 1) {
    for (std::size_t i = 0; i < shape.keys.size(); ++i)
      count += extents[i].begin != 0 ? 1 : 0;
    extents_.resize(base);
    return count;
  }
  const std::size_t first = place + 1;
  const auto members = tape_.cells_to_change().subspan(first);
  if (moved_.size() < members.size())
    moved_.resize(members.size());
  std::memcpy(moved_.data(), members.data(), members.size_bytes());
  Cell *to = members.data();
  const Cell *const from = moved_.data();
  constexpr std::size_t kScalar = 2; // a key and a value of one cell
  for (const std::uint32_t index : shape.order) {
    const Extent member = extents[index];
    if (member.begin == 0)
      continue;
    const std::size_t size = member.end - member.begin;
    const Cell *cells = from + (member.begin - first);
    if (size == kScalar) {
      std::memcpy(to, cells, kScalar * sizeof *to);
      to += kScalar;
    } else {
      to = std::copy(cells, cells + size, to);
    }
    ++count;
  }
  extents_.resize(base);
  return count;
}

// Only keys that stand in the text as they are, and differ.
void JsonDecoder::learn(JsonSlot &slot, std::size_t mark) {
  keys_.clear();
  std::size_t bytes = 0;
  for (std::size_t i = mark; i < order_.mark(); ++i) {
    keys_.push_back(text_of(tape_[order_.begin_of(i)]));
    bytes += keys_.back().size();
  }
  if (keys_.empty() || keys_.size() > JsonShapes::kMostKeys || bytes > JsonShapes::kMostBytes)
    return;
  const std::string_view input = scanner_.input();
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    if (keys_[i].data() < input.data() || keys_[i].data() > input.data() + input.size())
      return;
    for (std::size_t j = 0; j < i; ++j)
      if (keys_[i] == keys_[j])
        return;
  }
  shapes_.learn(slot, keys_);
}

} // namespace host::data
