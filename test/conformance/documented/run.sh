curl --request POST \
  --url "http://localhost:8080/api/agents/finance_agent/runs" \
  --header "Authorization: Bearer {token}" \
  --header "Content-Type: application/json" \
  --data '{
    "message": "What is the current stock price of NVIDIA?",
    "sessionId": "550e8400-e29b-41d4-a716-446655440000",
    "userId": "user_abc123",
    "generateFollowups": true
  }'
