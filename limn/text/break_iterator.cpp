#include "limn/text/break_iterator.h"

#include <unicode/brkiter.h>
#include <unicode/utext.h>

#include "limn/core/check.h"

namespace limn {

struct BreakIterator::Impl {
  ~Impl() { utext_close(&text); }

  std::unique_ptr<icu::BreakIterator> rules;
  UText text = UTEXT_INITIALIZER;
};

BreakIterator::BreakIterator(Kind kind) : impl_(std::make_unique<Impl>()) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale& root = icu::Locale::getRoot();
  impl_->rules.reset(kind == Kind::word ? icu::BreakIterator::createWordInstance(root, status)
                                        : icu::BreakIterator::createSentenceInstance(root, status));
  LIMN_CHECK(U_SUCCESS(status));  // ICU's own data is missing
}

BreakIterator::~BreakIterator() = default;

void BreakIterator::start(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  // Not text.data() alone: a view of nothing may have none, and ICU wants an address.
  utext_openUTF8(&impl_->text, text.empty() ? "" : text.data(),
                 static_cast<std::int64_t>(text.size()), &status);
  impl_->rules->setText(&impl_->text, status);
  LIMN_CHECK(U_SUCCESS(status));
  span_ = {};
  impl_->rules->first();
}

bool BreakIterator::next() {
  const std::int32_t end = impl_->rules->next();
  if (end == icu::BreakIterator::DONE) return false;
  span_ = {span_.end, static_cast<std::size_t>(end)};
  return true;
}

bool BreakIterator::is_word() const {
  return impl_->rules->getRuleStatus() >= UBRK_WORD_NONE_LIMIT;
}

}  // namespace limn
