curl --request POST \
  --url "http://localhost:8080/api/agents/finance_agent/runs/background" \
  --header "Authorization: Bearer {token}" \
  --header "Content-Type: application/json" \
  --data '{
    "message": "Analyze Q3 2025 earnings for the top 10 S&P 500 constituents.",
    "userId": "user_abc123",
    "sessionId": "550e8400-e29b-41d4-a716-446655440000"
  }'
