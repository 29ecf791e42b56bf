export const help = `I look after a small database and its emails. For example:

- *Which tables are there?*
- *How many customers are there?*
- *Show the ten latest orders.*
- \`SELECT city, COUNT(*) FROM customers GROUP BY city\`
- *Delete the table customers.* (a person has to approve it)
- *Send an email to bob@example.com about the outage: we are back.* (a person has to approve it)`;
