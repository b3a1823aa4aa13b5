// A Stack Exchange site's dump: questions become items, what people wrote on them events.
#pragma once

#include <span>

#include "limn/core/result.h"
#include "limn/ingest/intake.h"
#include "limn/ingest/source.h"

namespace limn {

// Reads the .xml files of one site together, as an answer or comment knows its question only by way
// of Posts.xml. Holds 16 bytes or so a post.
//
//   question       Item (title, body as it is, tags) and an event `ask` with the body
//   answer         event `answer` on its question, with the body
//   comment        event `comment` on the question, also where it stands under an answer
//   vote with user event `save` on the question (or `bounty`); votes without are counted only
//   user           User (AboutMe as text)
//
// What has no user makes no event: a question is kept and flagged, an answer or comment refused.
// A line that is not well-formed is refused, and reading goes on below it.
//
// Errors: not_found, unavailable, interrupted; the sink's.
[[nodiscard]] Result<void> read_stack_exchange(Intake& intake, std::span<const Source> sources);

}  // namespace limn
