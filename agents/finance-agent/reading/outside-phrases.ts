/** What people ask about stocks that a list of prices cannot answer. */
export const topicPhrases = `
  earnings, earning, eps, revenue, revenues, sales, profit, profits, income, margin, margins,
  p/e, pe, pe ratio, p/e ratio, price to earnings, price earnings ratio, dividend, dividends,
  yield, market cap, market capitalization, capitalization, volume, volatility, beta, debt, cash
  flow, guidance, ebitda, valuation, forecast, forecasts, prediction, predictions, price target,
  target price, news, recommendation, recommendations, split, splits, options, futures, bitcoin,
  crypto, nasdaq, s&p, dow, dow jones, index, indices, etf, bond, bonds, gold, oil, inflation,
  interest rate, interest rates, gdp, median, standard deviation, correlation, trend, employees,
  ceo, daily, intraday, weekly, hourly
`;

/** What points to the present or the future. */
export const presentPhrases = `
  current, currently, now, right now, today, todays, tonight, yesterday, tomorrow, latest, live,
  real-time, recent, recently, this year, this month, this week, this quarter, last year, last
  month, last week, last years, last months, past year, past month, past week, next, next year,
  next month, will, predict, should, buy, sell, invest
`;
