/** Words that may be left out of a question without changing it. */
export const fillerPhrases = `
  a, an, the, of, in, on, at, for, by, with, as, over, during, within, about, is, was, were,
  are, be, been, do, does, did, has, had, have, what, what's, when, which, who, how, where,
  there, so, then, or, also, both, either, same, again, it, its, it's, that, this,
  these, those, they, them, their, one, two, i, i'd, me, my, you, your, we, us, our, please,
  pls, tell, show, give, get, find, compute, calculate, analyze, analyse, can, could, would,
  like, want, wanted, let, let's, go, went, come, much, many, stock, share, shares, company,
  year, years, month, months, monthly, quarter, half, period, time, range, whole, entire, full,
  all, each, every, difference, figure, figures, number, point, level, reach, reached, hit,
  trade, traded, trading, closing, close, stand, stood, usd, dollar, dollars, percent, out,
  just, ok, okay, thanks, thank, hi, hello, hey, good, morning, ask, asking, according, based,
  using, use, set, file, answer, question, kind, need, help, look, looking, up, information,
  info, details, historical, history, per, single, if, wonder, wondering, check, see, start,
  end, beginning, now the, now for
`;
