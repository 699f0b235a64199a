#include "host/json/parse.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace host::json {
namespace {

// Keeps the last value of each key at the place of the first; sorting, because a hostile object may
// have a million keys.
void drop_duplicates(std::vector<Member> &members) {
  if (members.size() < 2)
    return;
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return members[a].key < members[b].key; });
  std::vector<bool> dropped(members.size());
  bool any = false;
  for (std::size_t i = 1, first = 0; i < order.size(); ++i) {
    if (members[order[i]].key != members[order[first]].key) {
      first = i;
      continue;
    }
    members[order[first]].value = std::move(members[order[i]].value);
    dropped[order[i]] = any = true;
  }
  if (!any)
    return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < members.size(); ++i)
    if (!dropped[i] && kept++ != i)
      members[kept - 1] = std::move(members[i]);
  members.resize(kept);
}

// Builds the tree without recursion: the containers that are open, outermost first.
class Builder {
public:
  void key(std::string_view text) { open_.back().members.push_back({std::string(text), {}}); }
  void begin(bool object, std::size_t offset) { open_.push_back({object, offset, {}, {}}); }
  void end() {
    Open done = std::move(open_.back());
    open_.pop_back();
    if (done.object)
      drop_duplicates(done.members);
    add(done.object ? Value::object(std::move(done.members)) : Value::array(std::move(done.items)),
        done.offset);
  }
  void add(Value value, std::size_t offset) {
    value.set_offset(offset);
    if (open_.empty())
      root_ = std::move(value);
    else if (open_.back().object)
      open_.back().members.back().value = std::move(value);
    else
      open_.back().items.push_back(std::move(value));
  }
  Value take() { return std::move(root_); }

private:
  struct Open {
    bool object;
    std::size_t offset;
    std::vector<Member> members;
    std::vector<Value> items;
  };

  std::vector<Open> open_;
  Value root_;
};

// One token into the tree; false when there is nothing more to read.
bool take(Builder &builder, const Scanner &scanner, Token token) {
  const std::size_t offset = scanner.token_begin();
  switch (token) {
  case Token::ObjectBegin:
    builder.begin(true, offset);
    return true;
  case Token::ArrayBegin:
    builder.begin(false, offset);
    return true;
  case Token::ObjectEnd:
  case Token::ArrayEnd:
    builder.end();
    return true;
  case Token::Key:
    builder.key(scanner.text());
    return true;
  case Token::String:
    builder.add(Value(scanner.text()), offset);
    return true;
  case Token::Integer:
  case Token::Decimal:
    builder.add(Value::number(std::string(scanner.text())), offset);
    return true;
  case Token::True:
    builder.add(Value(true), offset);
    return true;
  case Token::False:
    builder.add(Value(false), offset);
    return true;
  case Token::Null:
    builder.add(Value(), offset);
    return true;
  default:
    return false;
  }
}

std::string_view jackson_name(Token token) {
  switch (token) {
  case Token::ObjectBegin:
    return "START_OBJECT";
  case Token::ArrayBegin:
    return "START_ARRAY";
  case Token::String:
    return "VALUE_STRING";
  case Token::Integer:
    return "VALUE_NUMBER_INT";
  case Token::Decimal:
    return "VALUE_NUMBER_FLOAT";
  case Token::True:
    return "VALUE_TRUE";
  case Token::False:
    return "VALUE_FALSE";
  default:
    return "VALUE_NULL";
  }
}

Fault trailing_fault(std::string_view text, const Scanner &scanner, Token token) {
  const Place place = place_of(text, scanner.token_begin());
  return {FaultKind::Trailing, scanner.token_begin(), place.line, place.column,
          "Trailing token (of type " + std::string(jackson_name(token)) + ") found after value"};
}

} // namespace

Result<Value> parse(std::string_view text, Trailing trailing, Fault *fault, Dialect dialect) {
  const auto refuse = [&](Fault found) {
    if (fault != nullptr)
      *fault = found;
    return fail(found.to_error());
  };
  Scanner scanner(dialect);
  scanner.reset(text);
  Builder builder;
  Token token = scanner.next();
  while (take(builder, scanner, token))
    token = scanner.next();
  if (token == Token::Fault)
    return refuse(scanner.fault());
  if (token == Token::Blank)
    return refuse({FaultKind::Empty, text.size(), 1, 1, "No content to map due to end-of-input"});
  if (trailing == Trailing::Refuse) {
    scanner.resume();
    token = scanner.next();
    if (token == Token::Fault)
      return refuse(scanner.fault());
    if (token != Token::Blank)
      return refuse(trailing_fault(text, scanner, token));
  }
  return builder.take();
}

} // namespace host::json
